import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery, DocumentSink } from "./document-sink.ts";
import { Emitter, type LoggedDocument } from "./emitter.ts";
import { HttpDocumentSink } from "./http-document-sink.ts";

/** A sink that keeps what it takes, once for each key, and answers as it is told. */
class FakeSink implements DocumentSink {
  readonly address = "fake";
  readonly taken = new Map<string, unknown>();
  readonly asked: string[] = [];
  answer: (key: string) => Delivery = () => ({ kind: "taken" });

  async deliver(document: unknown, key: string): Promise<Delivery> {
    this.asked.push(key);
    const delivery = this.answer(key);
    if (delivery.kind === "taken") this.taken.set(key, document);
    return delivery;
  }
}

let folder: string;
let clock: ManualClock;
let sink: FakeSink;
let size: number;
let emitter: Emitter;
const notes: string[] = [];
/** Which records are documents; and which were looked at, in order. */
let isWanted: (index: number) => boolean;
const looked: number[] = [];

const make = (): Emitter =>
  new Emitter({
    name: "bubble",
    clock,
    sink,
    folder,
    random: () => 0,
    notify: (_level, message) => notes.push(message),
    read: async (from, limit) => {
      const documents: LoggedDocument[] = [];
      let index = from;
      for (; index < size && documents.length < limit; index += 1) {
        looked.push(index);
        if (isWanted(index))
          documents.push({ index, key: `bubble://dr/${index}`, document: { index } });
      }
      return { documents, next: index };
    },
  });
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1)
    await new Promise<void>((resolve) => setImmediate(resolve));
};
const advance = async (ms: number): Promise<void> => {
  clock.advance(ms);
  await settle();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-emit-"));
  clock = new ManualClock();
  sink = new FakeSink();
  size = 3;
  notes.length = 0;
  looked.length = 0;
  isWanted = () => true;
  emitter = make();
});
afterEach(async () => {
  await emitter.stop();
  rmSync(folder, { recursive: true, force: true });
});

const keys = (...indexes: readonly number[]) => indexes.map((index) => `bubble://dr/${index}`);

describe("an emitter", () => {
  it("sends every document in order under its key, then what comes, and goes on after a restart where it was", async () => {
    size = 250;
    await emitter.start();
    expect(sink.asked).toEqual(keys(...Array.from({ length: 250 }, (_, index) => index)));
    size = 251;
    emitter.hurry();
    await settle();
    expect(sink.asked).toHaveLength(251);
    await emitter.stop();
    size = 252;
    emitter = make();
    await emitter.start();
    expect(sink.asked.slice(251)).toEqual(keys(251));
    expect(emitter.status()).toMatchObject({ next: 252, sent: 1, breaker: "closed" });
  });

  it("waits longer and longer for a sink that is away, skips nothing, and opens its breaker", async () => {
    sink.answer = () => ({ kind: "later", reason: "nobody is there" });
    await emitter.start();
    const times: number[] = [];
    for (let ms = 0; ms < 20_000; ms += 100) {
      const before = sink.asked.length;
      await advance(100);
      if (sink.asked.length > before) times.push(ms + 100);
    }
    expect(times).toEqual([500, 1_500, 3_500, 7_500, 15_500]);
    expect(new Set(sink.asked)).toEqual(new Set(keys(0)));
    expect(emitter.status()).toMatchObject({ next: 0, failed: 6, breaker: "open" });
    emitter.hurry();
    await settle();
    expect(sink.asked).toHaveLength(6);
    expect(notes).toHaveLength(2);
    sink.answer = () => ({ kind: "taken" });
    await advance(16_000);
    expect([...sink.taken.keys()]).toEqual(keys(0, 1, 2));
    expect(emitter.status().breaker).toBe("closed");
  });

  it("comes back when a busy sink said so", async () => {
    sink.answer = () => ({ kind: "later", reason: "busy", retryAfterMs: 9_000 });
    await emitter.start();
    await advance(8_900);
    expect(sink.asked).toHaveLength(1);
    await advance(100);
    expect(sink.asked).toHaveLength(2);
  });

  it("sets aside what is refused for good, and sends it again when it is told to", async () => {
    sink.answer = (key) =>
      key.endsWith("/1") ? { kind: "refused", reason: "HTTP 422" } : { kind: "taken" };
    await emitter.start();
    expect([...sink.taken.keys()]).toEqual(keys(0, 2));
    const file = join(folder, "bubble.dead.jsonl");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      key: "bubble://dr/1",
      reason: "HTTP 422",
      at: clock.now(),
      attempts: 1,
      document: { index: 1 },
    });
    expect(await emitter.replayDeadLetters()).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ attempts: 2 });
    appendFileSync(file, '{"key":"cut off');
    sink.answer = () => ({ kind: "taken" });
    expect(await emitter.replayDeadLetters()).toBe(1);
    expect(emitter.status().deadLetters).toBe(0);
    expect(sink.taken.size).toBe(3);
  });

  it("repeats rather than loses: after a crash before the cursor was kept, and with a cursor that is none", async () => {
    await emitter.start();
    await emitter.stop();
    writeFileSync(join(folder, "bubble.next"), "damaged");
    emitter = make();
    await emitter.start();
    expect(sink.asked).toEqual([...keys(0, 1, 2), ...keys(0, 1, 2)]);
    expect(sink.taken.size).toBe(3);
  });
});

describe("over HTTP", () => {
  let server: Server;
  let status: number;
  let seen: { key: string | undefined; body: string }[];
  let url: string;
  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece: Buffer) => (body += piece.toString()));
      request.on("end", () => {
        seen.push({ key: request.headers["idempotency-key"]?.toString(), body });
        response.writeHead(status, status === 429 ? { "retry-after": "3" } : {}).end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}/decisions?x=1`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("a document is one canonical request under its key; statuses say taken, later or refused", async () => {
    const admit = async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} });
    const http = new HttpDocumentSink({ admit, url });
    const kinds: string[] = [];
    for (status of [200, 201, 409, 404, 429, 500, 503, 400, 413, 422])
      kinds.push((await http.deliver({ b: 1, a: "ü" }, "bubble://dr/1")).kind);
    expect(kinds).toEqual([
      "taken",
      "taken",
      "taken",
      "later",
      "later",
      "later",
      "later",
      "refused",
      "refused",
      "refused",
    ]);
    expect(seen[0]).toEqual({ key: "bubble://dr/1", body: '{"a":"ü","b":1}' });
    status = 429;
    expect(await http.deliver({}, "k")).toEqual({
      kind: "later",
      reason: "HTTP 429",
      retryAfterMs: 3_000,
    });
    expect(http.address).not.toContain("x=1");
    const refused = new HttpDocumentSink({
      admit: async () => Promise.reject(new Error("not on the list")),
      url,
    });
    expect(await refused.deliver({}, "k")).toEqual({ kind: "later", reason: "not on the list" });
  });
});

it("M2: looks at what is no document once, also over a restart", async () => {
  isWanted = (index) => index === 4;
  await emitter.start();
  await settle();
  size = 5;
  emitter.hurry();
  await settle();
  size = 7;
  emitter.hurry();
  await settle();
  expect([...sink.taken.keys()]).toEqual(keys(4));
  await emitter.stop();
  size = 8;
  emitter = make();
  await emitter.start();
  await settle();
  expect(looked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
