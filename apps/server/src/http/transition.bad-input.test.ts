import { connect } from "node:net";
import { canonicalize, type JsonObject } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

type Made = string | ((served: ServedFolder) => string);

const edited = (edit: (body: JsonObject) => JsonObject) => (served: ServedFolder) =>
  canonicalize(edit(served.body()));
const stranger = PrivateKey.generate();
const SMALL_ORDER = `hmmm:pubkey:${Buffer.alloc(32).fill(1, 0, 1).toString("base64url")}`;

/** What goes wrong, what is sent, status, code. */
const CASES: readonly (readonly [name: string, body: Made, status: number, code: string])[] = [
  ["nothing", "", 400, "malformed"],
  ["half an object", '{"a":', 400, "malformed"],
  ["a list", "[]", 400, "malformed"],
  ["a number", "1", 400, "malformed"],
  ["trailing bytes", (served) => `${served.text()} x`, 400, "malformed"],
  ["a byte order mark", (served) => `\uFEFF${served.text()}`, 400, "malformed"],
  ["a key twice", (served) => served.text().replace("{", '{"hlc":"x",'), 400, "malformed"],
  [
    "a fraction",
    edited((body) => ({ ...body, inputs: { reason: "r", variant: 1.5 } })),
    400,
    "malformed",
  ],
  [
    "minus zero",
    (served) => served.text().replace('"variant":"on"', '"variant":-0'),
    400,
    "malformed",
  ],
  [
    "a number beyond 2^53",
    (served) => served.text().replace('"variant":"on"', '"variant":9007199254740993'),
    400,
    "malformed",
  ],
  [
    "a lone surrogate",
    (served) => served.text().replace('"because"', '"\\ud800"'),
    400,
    "malformed",
  ],
  [
    "__proto__",
    (served) => served.text().replace('"inputs":{', '"inputs":{"__proto__":1,'),
    400,
    "malformed",
  ],
  ["an unknown field", edited((body) => ({ ...body, extra: 1 })), 400, "malformed"],
  ["a missing field", edited(({ hlc: _hlc, ...rest }) => rest), 400, "malformed"],
  ["a wrong type", edited((body) => ({ ...body, transition: 7 })), 400, "malformed"],
  ["a path as instance", edited((body) => ({ ...body, instance: "flag/../x" })), 400, "malformed"],
  [
    "an empty part in the key",
    edited((body) => ({ ...body, idem_key: "a::b:c" })),
    400,
    "malformed",
  ],
  [
    "depth 40",
    (served) =>
      served.text().replace('"inputs":{', `"inputs":{"d":${"[".repeat(40)}${"]".repeat(40)},`),
    400,
    "malformed",
  ],
  ["64 KiB and one byte", "x".repeat(65_537), 413, "too_large"],
  [
    "inputs of 40 KiB",
    (served) => served.text({ inputs: { reason: "r".repeat(40_000), variant: "on" } }),
    413,
    "too_large",
  ],
  [
    "another log's origin",
    (served) => served.text({ change: { origin: `x/${"0".repeat(32)}` } }),
    400,
    "wrong_origin",
  ],
  [
    "other inputs than were signed",
    edited((body) => ({ ...body, inputs: { reason: "r", variant: "off" } })),
    400,
    "inputs_mismatch",
  ],
  ["no signature", edited(({ signature: _signature, ...rest }) => rest), 401, "unsigned"],
  ["a short signature", edited((body) => ({ ...body, signature: "AAAA" })), 401, "bad_signature"],
  [
    "another's signature",
    (served) => canonicalize({ ...served.body(), signature: stranger.sign("x", {}) }),
    401,
    "bad_signature",
  ],
  [
    "a key of small order",
    (served) => served.text({ change: { signer: SMALL_ORDER } }),
    401,
    "bad_signature",
  ],
  [
    "a field changed after signing",
    edited((body) => ({ ...body, instance: "flag/b" })),
    401,
    "bad_signature",
  ],
  ["an unknown signer", (served) => served.text({ signer: stranger }), 401, "unknown_signer"],
  ["an unknown chart", (served) => served.text({ instance: "nothing/a" }), 400, "unknown_chart"],
  [
    "an unknown transition",
    (served) => served.text({ instance: "flag/there", transition: "Flag_Burn" }),
    400,
    "unknown_transition",
  ],
  [
    "a wrong hash",
    (served) => served.text({ change: { current_state_hash: `sha256-${"9".repeat(64)}` } }),
    409,
    "stale_state",
  ],
  [
    "a clock of last year",
    (served) => served.text({ change: { hlc: "2020-01-01T00:00:00.000+00:00#0" } }),
    400,
    "clock_behind",
  ],
  [
    "a clock of the far future",
    (served) => served.text({ change: { hlc: "9999-01-01T00:00:00.000+00:00#0" } }),
    400,
    "clock_ahead",
  ],
  [
    "inputs that break the schema",
    (served) => served.text({ inputs: { reason: "", variant: "on" } }),
    400,
    "inputs_invalid",
  ],
];

describe("bad input", () => {
  it("gets the right status and code, says what to do, and the next good request works", () =>
    withServer(async (served) => {
      expect((await served.post(served.text({ instance: "flag/there" }))).status).toBe(202);
      const { size } = served.node.engine.status();
      const seen: unknown[] = [];
      for (const [name, made, status, code] of CASES) {
        const answer = await served.post(typeof made === "string" ? made : made(served));
        const problem: { code: string; detail: string; status: number } = JSON.parse(
          await answer.text(),
        );
        expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
        expect(problem.detail.length).toBeGreaterThan(5);
        seen.push([name, answer.status, problem.code, problem.status]);
        expect(seen.at(-1)).toEqual([name, status, code, status]);
      }
      expect(served.node.engine.status().size).toBe(size);
      expect((await served.post(served.text())).status).toBe(202);
    }));

  it("of HTTP itself is refused, and the server goes on", () =>
    withServer(async (served) => {
      const code = async (answer: Promise<Response>): Promise<unknown> => {
        const found = await answer;
        const problem: { code: string } = JSON.parse(await found.text());
        return [found.status, problem.code];
      };
      const { url } = served.server;
      const text = served.text();
      expect(await code(served.post(text, { "content-type": "text/plain" }))).toEqual([
        415,
        "unsupported_media_type",
      ]);
      expect(await code(served.post(text, { "idempotency-key": "another" }))).toEqual([
        400,
        "malformed",
      ]);
      expect(
        await code(
          fetch(`${url}/transition?dry_run=maybe`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: text,
          }),
        ),
      ).toEqual([400, "bad_query"]);
      expect(
        await code(
          fetch(`${url}/transition?wet_run=true`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: text,
          }),
        ),
      ).toEqual([400, "bad_query"]);
      expect(await code(fetch(`${url}/..%2f..%2fetc/passwd`))).toEqual([404, "not_found"]);
      expect(await code(fetch(`${url}/transition/x`))).toEqual([404, "not_found"]);
      expect((await served.post(text)).status).toBe(202);
    }));

  it("on a raw socket ends that socket alone", () =>
    withServer(async (served) => {
      const raw = (bytes: string, answers = 1): Promise<string> =>
        new Promise((resolve) => {
          const socket = connect(served.server.port, "127.0.0.1");
          let said = "";
          socket.on("data", (chunk) => {
            said += chunk.toString("latin1");
            if (said.split("HTTP/1.1 ").length > answers) socket.destroy();
          });
          socket.on("error", () => {});
          socket.on("close", () => resolve(said));
          socket.write(bytes);
        });
      expect(await raw("garbage\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/);
      expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${"a".repeat(20_000)}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 431/,
      );
      const body = served.text();
      const request = `POST /transition HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      // Two requests in one write: both are answered, in order, and the second is the first again.
      const both = (await raw(request + request, 2)).split("HTTP/1.1 ").slice(1);
      expect(both.map((answer) => answer.slice(0, 3))).toEqual(["202", "202"]);
      expect((await served.post(body)).headers.get("idempotent-replayed")).toBe("true");
    }));
});

describe("one key", () => {
  it("makes one record out of 64 deliveries that race, and 64 equal answers", () =>
    withServer(async (served) => {
      const { size } = served.node.engine.status();
      const text = served.text();
      const answers = await Promise.all(Array.from({ length: 64 }, () => served.post(text)));
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(new Set(bodies).size).toBe(1);
      expect(served.node.engine.status().size).toBe(size + 1);
    }));

  it("gives the first answer again with a fresh head and clock, and after a restart; another operation is a conflict", () =>
    withServer(async (served) => {
      const change = { idem_key: "t:0:once:1" };
      const first = await (await served.post(served.text({ change }))).text();
      expect(await (await served.post(served.text({ change }))).text()).toBe(first);
      await served.node.engine.snapshot();
      await served.restart();
      const again = await served.post(served.text({ change }));
      expect([again.status, again.headers.get("idempotent-replayed"), await again.text()]).toEqual([
        202,
        "true",
        first,
      ]);
      const other = await served.post(
        served.text({ change, inputs: { reason: "another", variant: "off" } }),
      );
      const problem: { code: string } = JSON.parse(await other.text());
      expect([other.status, problem.code]).toEqual([409, "idem_conflict"]);
    }));

  it("is not used up by a dry run", () =>
    withServer(async (served) => {
      const { size } = served.node.engine.status();
      const text = served.text();
      const dry = await fetch(`${served.server.url}/transition?dry_run=true`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: text,
      });
      expect(dry.status).toBe(200);
      expect(served.node.engine.status().size).toBe(size);
      const wet = await served.post(text);
      expect([wet.status, wet.headers.get("idempotent-replayed")]).toEqual([202, null]);
    }));
});

describe("a tenant's share", () => {
  it("is its own: strangers are refused with 429 before any signature is checked, tenants are not", () =>
    withServer(
      async (served) => {
        const text = served.text({ signer: stranger });
        const answers = await Promise.all(Array.from({ length: 30 }, () => served.post(text)));
        // The share begins anew each second: how many got through hangs on how long this took.
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
        const limited = answers.find(({ status }) => status === 429);
        expect(Number(limited?.headers.get("retry-after"))).toBeGreaterThan(0);
        expect((await served.post(served.text())).status).toBe(202);
      },
      { serve: { limits: { perSecond: 0, strangersPerSecond: 1 } } },
    ));
});

describe("a stream of proposals", () => {
  it("is answered in order, refusals among them, more at once than may be under way", () =>
    withServer(async (served) => {
      const lines = Array.from({ length: 600 }, (_, at) =>
        at % 7 === 3 ? "{bad" : served.text({ instance: `flag/s${at}` }),
      );
      const answer = await fetch(`${served.server.url}/transitions`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: `${lines.join("\n")}\n${"x".repeat(70_000)}\n`,
      });
      const told = (await answer.text())
        .trim()
        .split("\n")
        .map((line): { status: number; instance?: string } => JSON.parse(line));
      expect(told.length).toBe(601);
      for (const [at, { instance, status }] of told.slice(0, 600).entries())
        expect([at, status, instance]).toEqual(
          at % 7 === 3 ? [at, 400, undefined] : [at, 202, `flag/s${at}`],
        );
      expect(told[600]?.status).toBe(413);
    }));
});
