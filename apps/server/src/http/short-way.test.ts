import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { BodyWatch } from "./body-watch.ts";
import { createShortWay } from "./short-way.ts";
import { TenantLimiter } from "./tenant-limiter.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

const JSON_TYPE = "application/json";
/** Sent so, a request goes the framework's way. */
const LONG = { "content-type": "application/json; charset=utf-8" };

/** Everything of an answer but the time of day. */
async function whole(answer: Promise<Response>): Promise<unknown> {
  const found = await answer;
  const headers = [...found.headers]
    .filter(([name]) => name !== "date")
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { status: found.status, headers, body: await found.text() };
}

function raw(served: ServedFolder, pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(served.server.port, "127.0.0.1");
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk.toString("utf8");
      socket.destroy();
    });
    socket.on("close", () => resolve(said));
    const next = (at: number): void => {
      const piece = pieces[at];
      if (piece === undefined) return;
      socket.write(piece, () => setImmediate(() => next(at + 1)));
    };
    next(0);
  });
}

describe("the short way of a plain proposal", () => {
  it("answers as the framework's does, header by header and byte for byte", () =>
    withServer(async (served) => {
      const accepted = served.text();
      expect((await served.post(accepted)).status).toBe(202);
      const texts = [
        accepted,
        "{bad",
        '"ü😀"',
        "{}",
        served.text({ change: { origin: "elsewhere/ü" } }),
        served.text({ change: { current_state_hash: `sha256-${"1".repeat(64)}` } }),
        served.text({ transition: "Flag_Burn" }),
        served.text().replace(/"signature":"./, '"signature":"_'),
      ];
      const seen: unknown[] = [];
      for (const text of texts) {
        const short = await whole(served.post(text));
        expect(short).toEqual(await whole(served.post(text, LONG)));
        seen.push(short);
      }
      expect(seen.map((one) => Reflect.get(Object(one), "status"))).toEqual([
        202, 400, 400, 400, 400, 409, 400, 401,
      ]);
      const header = { "idempotency-key": "another" };
      expect(await whole(served.post(accepted, header))).toEqual(
        await whole(served.post(accepted, { ...header, ...LONG })),
      );
    }));

  it("reads a body that comes in pieces, cut inside a character, and drops one whose sender goes", () =>
    withServer(async (served) => {
      const body = Buffer.from(served.text({ inputs: { reason: "weil ü", variant: "on" } }));
      const head = `POST /transition HTTP/1.1\r\nhost: x\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${body.length}\r\n\r\n`;
      const cut = body.indexOf("ü") + 1;
      const gone = connect(served.server.port, "127.0.0.1");
      await new Promise<void>((resolve) =>
        gone.write(head + body.subarray(0, 40).toString(), () => resolve()),
      );
      gone.destroy();
      const pieces = [Buffer.from(head), body.subarray(0, cut), body.subarray(cut)];
      const answers = [await raw(served, pieces), await raw(served, [Buffer.concat(pieces)])];
      expect(answers.map((answer) => answer.slice(0, 12))).toEqual([
        "HTTP/1.1 202",
        "HTTP/1.1 202",
      ]);
      expect(answers[1]).toContain("idempotent-replayed: true");
    }));

  it("is no way for anything else, which it does not touch", () =>
    withServer(async ({ node }) => {
      let stopping = false;
      const shortWay = createShortWay(
        {
          node,
          limiter: new TenantLimiter({ perSecond: 0, strangersPerSecond: 0 }),
          isStopping: () => stopping,
        },
        { watch: new BodyWatch(), onDefect: () => {} },
      );
      const takes = (change: {
        readonly method?: string;
        readonly url?: string;
        readonly headers?: Readonly<Record<string, string>>;
      }): boolean => {
        const request = new IncomingMessage(new Socket());
        request.method = change.method ?? "POST";
        request.url = change.url ?? "/transition";
        Object.assign(request.headers, { "content-type": JSON_TYPE, "content-length": "2" });
        Object.assign(request.headers, change.headers);
        const taken = shortWay(request, new ServerResponse(request));
        expect(request.listenerCount("data") > 0).toBe(taken);
        return taken;
      };
      expect(takes({})).toBe(true);
      expect(takes({ headers: { "content-length": "65536" } })).toBe(true);
      expect(takes({ method: "PUT" })).toBe(false);
      for (const url of ["/transition/", "/transition?dry_run=true", "//transition", "/Transition"])
        expect(takes({ url })).toBe(false);
      for (const length of ["65537", "0", "", "1e3", "+5", "05", " 5", "-1", "999999"])
        expect(takes({ headers: { "content-length": length } })).toBe(false);
      expect(takes({ headers: { "content-type": "text/plain" } })).toBe(false);
      expect(takes({ headers: LONG })).toBe(false);
      expect(takes({ headers: { "transfer-encoding": "chunked" } })).toBe(false);
      stopping = true;
      expect(takes({})).toBe(false);
    }));
});
