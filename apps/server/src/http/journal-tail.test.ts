import { createServer, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JournalTail, type TailDoors, type TailWaits } from "./journal-tail.ts";
import { TAIL_BUFFER_BYTES_MAX } from "./limits.ts";
import { HttpRig } from "./test/http-rig.ts";
import { tailEvents, type TailEvent } from "./test/tail-reader.ts";

const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 1);

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
});
afterAll(() => rig.close());

const journalUrl = (query = ""): string => `${rig.server.url}/journal${query}`;

/** Follows from behind `last` until `to` records are seen, coming back after every few; each with its index. */
async function followed(
  to: number,
  { reconnectEvery, from }: { readonly reconnectEvery: number; readonly from: number },
): Promise<readonly TailEvent[]> {
  const seen: TailEvent[] = [];
  while (seen.length + from < to) {
    const last = seen.at(-1);
    const headers: Record<string, string> = {};
    if (last !== undefined) headers["last-event-id"] = last.id;
    let count = 0;
    for await (const event of tailEvents(journalUrl(`?from=${from}`), headers)) {
      seen.push(event);
      count += 1;
      if (seen.length + from >= to || count === reconnectEvery) break;
    }
  }
  return seen;
}

/** No gap, no duplicate, every byte as the journal has it. */
async function check(events: readonly TailEvent[], from: number): Promise<void> {
  const texts: string[] = [];
  while (texts.length < events.length)
    texts.push(
      ...(await rig.node.engine.records(from + texts.length, events.length - texts.length)),
    );
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, place) => String(from + place)));
  expect(events.map(({ data }) => data)).toEqual(texts);
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(["message"]));
}

describe("following the journal", () => {
  it("tells every record once and in order under concurrent appends, whatever is cut off", async () => {
    const { size } = rig.node.engine.status();
    const flips = 15 * SOAK;
    const switches = 6;
    const to = size + flips * switches;
    const readers = [1, 7, 64, 1_000_000].map((reconnectEvery, place) =>
      followed(to, { reconnectEvery, from: place % 2 === 0 ? 0 : size }),
    );
    await Promise.all(
      Array.from({ length: switches }, async (_none, id) => {
        for (let round = 0; round < flips; round += 1) await rig.flip(`tail-${id}`);
      }),
    );
    for (const [place, reader] of readers.entries()) {
      const from = place % 2 === 0 ? 0 : size;
      const events = await reader;
      expect(events).toHaveLength(to - from);
      await check(events, from);
    }
  });

  it("goes on behind Last-Event-ID, whatever `from` says", async () => {
    const stream = tailEvents(journalUrl("?from=0"), { "last-event-id": "4" });
    const first = await stream.next();
    expect(first.value?.id).toBe("5");
    await stream.return();
  });

  it.each([
    [{ "last-event-id": "abc" }, "Last-Event-ID is no index"],
    [{ "last-event-id": "999999" }, "the stream would begin at 1000000"],
  ])("refuses %o", async (headers, expected) => {
    const response = await rig.get("/journal", { accept: "text/event-stream", ...headers });
    const body: { readonly code: string; readonly detail: string } = JSON.parse(
      await response.text(),
    );
    expect([response.status, body.code]).toEqual([400, "bad_query"]);
    expect(body.detail).toContain(expected);
  });
});

/** One tail over records of our own, on a server of its own. */
async function serveTail(
  doors: Partial<TailDoors>,
  waits: TailWaits,
): Promise<{
  readonly url: string;
  readonly port: number;
  readonly ended: Promise<void>;
  readonly tail: Promise<JournalTail>;
  readonly response: Promise<ServerResponse>;
  close(): Promise<void>;
}> {
  let told: (tail: JournalTail) => void;
  let ended: () => void;
  let answered: (response: ServerResponse) => void;
  const tail = new Promise<JournalTail>((resolve) => (told = resolve));
  const response = new Promise<ServerResponse>((resolve) => (answered = resolve));
  const end = new Promise<void>((resolve) => (ended = resolve));
  const server = createServer((_request, to) => {
    to.writeHead(200, { "content-type": "text/event-stream" });
    const one = new JournalTail(
      {
        records: async () => [],
        onRecord: () => () => {},
        barred: () => undefined,
        ...doors,
      },
      to,
      { from: 0, waits },
    );
    told(one);
    answered(to);
    void one.run().then(() => ended());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    ended: end,
    tail,
    response,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const LONG: TailWaits = { stallMs: 60_000, aliveMs: 60_000, endMs: 60_000 };

describe("one tail", () => {
  it("lets no more wait for a slow reader than the bound, tells it why, and ends", async () => {
    const record = JSON.stringify({ text: "x".repeat(60_000) });
    const { close, ended, port, response } = await serveTail(
      { records: async (_from, limit) => Array.from({ length: limit }, () => record) },
      { stallMs: 20, aliveMs: 60_000, endMs: 60_000 },
    );
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    const to = await response;
    let most = 0;
    const write = to.write.bind(to);
    to.write = (chunk: unknown): boolean => {
      const went = write(String(chunk));
      most = Math.max(most, to.writableLength);
      return went;
    };
    const end = to.end.bind(to);
    await new Promise<void>((resolve) => {
      to.end = (done: unknown) => {
        resolve();
        return typeof done === "function" ? end(() => done()) : end();
      };
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(TAIL_BUFFER_BYTES_MAX);
    // Only now does the reader read: what it gets ends with the reason, and with a whole frame before it.
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.resume();
    await new Promise<void>((resolve) => {
      const look = (): void => (text.includes("event: end") ? resolve() : undefined);
      socket.on("data", look);
      socket.on("close", () => resolve());
      look();
    });
    expect(text).toContain('event: end\ndata: {"code":"slow_reader","detail":"');
    await ended;
    socket.destroy();
    await close();
  });

  it("ends with a reason when it is told to, and when the reader may not go on", async () => {
    const first = await serveTail({}, LONG);
    const events = tailEvents(first.url);
    const next = events.next();
    (await first.tail).end("stopping", "the server stops");
    expect((await next).value).toEqual({
      id: "",
      event: "end",
      data: '{"code":"stopping","detail":"the server stops"}',
    });
    expect((await events.next()).done).toBe(true);
    await first.close();

    const second = await serveTail(
      { barred: () => "the token has run out" },
      { stallMs: 60_000, aliveMs: 5, endMs: 60_000 },
    );
    const barred = await tailEvents(second.url).next();
    expect(barred.value).toMatchObject({ event: "end" });
    expect(String(barred.value?.data)).toContain('"code":"unauthenticated"');
    await second.close();
  });

  it("stops listening when its reader is gone", async () => {
    let listeners = 0;
    const { close, ended, url } = await serveTail(
      {
        records: async (from) => (from === 0 ? ["{}"] : []),
        onRecord: () => {
          listeners += 1;
          return () => (listeners -= 1);
        },
      },
      LONG,
    );
    for await (const { id } of tailEvents(url)) {
      expect([id, listeners]).toEqual(["0", 1]);
      break;
    }
    await ended;
    expect(listeners).toBe(0);
    await close();
  });
});

describe("a server that stops", () => {
  it("tells its followers, and is gone", async () => {
    const other = await HttpRig.open();
    const events = tailEvents(`${other.server.url}/journal`);
    await events.next();
    const rest = (async () => {
      const seen: TailEvent[] = [];
      for await (const event of events) seen.push(event);
      return seen.at(-1);
    })();
    await other.close();
    expect(await rest).toMatchObject({ event: "end" });
  });
});
