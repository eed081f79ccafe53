import type { Socket } from "node:net";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENCE } from "./patience.ts";
import { RawSocket, type RawAnswer } from "./test/raw-socket.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** What a server waits for in a test of some moments; in the soak, what it waits for in the world. */
const SHORT = { headersMs: 300, bodyMs: 300, checkMs: 50, streamIdleMs: 300, socketIdleMs: 60_000 };
const patience = isSoak ? { ...PATIENCE, streamIdleMs: 20_000, socketIdleMs: 30_000 } : SHORT;
const IDLE = isSoak ? 1_000 : 100;
const SLOW = isSoak ? 200 : 8;
/** Bytes that one connection may cost, its other end in this process as well. */
const SOCKET_BYTES_MAX = 65_536;

const JSON_HEAD = "POST /transition HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
const STREAM_HEAD =
  "POST /transitions HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

let served: ServedFolder;
let release: () => void = () => {};
let ended: Promise<void>;
beforeAll(async () => {
  await new Promise<void>((resolve, reject) => {
    ended = withServer(
      async (one) => {
        served = one;
        await new Promise<void>((done) => {
          release = done;
          resolve();
        });
      },
      { serve: { patience } },
    );
    ended.catch(reject);
  });
});
afterAll(async () => {
  release();
  await ended;
});

/** Collects garbage at once. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this engine lets nobody collect");
  return () => void collect();
}

const collect = collector();

/** Of buffers, after a collection: what nobody holds is given back whenever the engine likes. */
function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

function open(): RawSocket {
  return new RawSocket(served.server.port);
}

/** What each was told before its connection ended. */
async function toldAll(sockets: readonly RawSocket[]): Promise<readonly RawAnswer[]> {
  await Promise.all(sockets.map(({ ended: end }) => end));
  return (await Promise.all(sockets.map((socket) => socket.answers(1)))).flat();
}

function codeOf({ body }: RawAnswer): unknown {
  return Reflect.get(Object(JSON.parse(body)), "code");
}

async function isServing(): Promise<boolean> {
  return (await fetch(`${served.server.url}/healthz`)).status === 200;
}

/** Acts again and again until this has happened; somebody else is served between. */
async function meanwhile(over: Promise<unknown>, act: () => void): Promise<void> {
  let isOver = false;
  const noted = over.then(() => {
    isOver = true;
  });
  while (!isOver) {
    act();
    expect(await isServing()).toBe(true);
  }
  await noted;
}

describe("slow senders", () => {
  it("of headers, and of bodies on either way, are told and ended; others are served meanwhile", async () => {
    const sockets = Array.from({ length: SLOW }, open);
    const starts = [
      "GET /healthz HTTP/1.1\r\nhost: x\r\nslow: ",
      `${JSON_HEAD}content-length: 65000\r\n\r\n{"origin":`,
      `${JSON_HEAD.replace("json\r", "json; charset=utf-8\r")}content-length: 65000\r\n\r\n{"origin":`,
      `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${chunk('{"origin":')}`,
    ];
    await Promise.all(sockets.map((socket, at) => socket.write(starts[at % starts.length] ?? "")));
    expect(await isServing()).toBe(true);
    // Dripping does not help. What is said may cross with a drop, and be lost: the silent ones hear it.
    const silent = sockets.slice(starts.length);
    await meanwhile(toldAll(sockets), () => {
      for (const socket of sockets.slice(0, starts.length)) void socket.write("1");
    });
    const told = await toldAll(silent);
    expect(told.length).toBe(silent.length);
    for (const answer of told) expect([answer.status, codeOf(answer)]).toEqual([408, "too_slow"]);
    expect(await isServing()).toBe(true);
  });

  it("of the body of what was refused already are ended as well", async () => {
    const socket = open();
    await socket.write(
      `${JSON_HEAD.replace("application/json", "text/plain")}content-length: 65000\r\n\r\n{`,
    );
    await meanwhile(socket.ended, () => void socket.write("1"));
    const [answer] = await socket.answers(1);
    expect(answer?.status).toBe(415);
  });

  it("of a stream get the answers that are due, and its end; in the midst of a line they are told", async () => {
    const [quiet, halfway] = [open(), open()];
    await quiet.write(STREAM_HEAD + chunk(`${served.text({ instance: "flag/q" })}\n`));
    await halfway.write(STREAM_HEAD + chunk(`${served.text({ instance: "flag/h" })}\n{"origin":`));
    const [inQuiet, inHalfway] = await Promise.all([quiet, halfway].map((one) => toldAll([one])));
    const lines = (answers: readonly RawAnswer[] | undefined): readonly unknown[] =>
      (answers?.[0]?.body ?? "")
        .split("\r\n")
        .flatMap((piece) => piece.split("\n"))
        .filter((piece) => piece.startsWith("{"))
        .map((line) => Reflect.get(Object(JSON.parse(line)), "status"));
    expect(lines(inQuiet)).toEqual([202]);
    expect(lines(inHalfway)).toEqual([202, 408]);
  });

  it("of a line without an end cost no memory, and are ended", async () => {
    const socket = open();
    await socket.write(STREAM_HEAD);
    const before = heldBytes();
    const piece = chunk("x".repeat(60_000));
    let most = 0;
    let isWriting = false;
    await meanwhile(socket.ended, () => {
      most = Math.max(most, heldBytes() - before);
      if (isWriting) return;
      isWriting = true;
      void socket.write(piece).then(() => (isWriting = false));
    });
    expect(most).toBeLessThan(16 * 1_048_576);
  });

  it.runIf(isSoak)(
    "a reader who does not read is left, and what was written for it is given back",
    async () => {
      const accepted = new Promise<Socket>((resolve) =>
        served.server.http.once("connection", resolve),
      );
      const client = open();
      // Everything waits in the server's socket.
      client.pause();
      await client.write("GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(3_000));
      const socket = await accepted;
      await new Promise<void>((resolve) => socket.once("close", () => resolve()));
      expect(socket.writableLength).toBe(0);
      client.close();
    },
    180_000,
  );
});

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    served.server.http.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

describe("idle connections", () => {
  it("are held, cost little, and keep nobody out", async () => {
    const before = process.memoryUsage();
    const sockets = Array.from({ length: IDLE }, open);
    await expect.poll(() => connections(), { timeout: 60_000 }).toBeGreaterThanOrEqual(IDLE);
    const answer = await served.post(served.text({ instance: "flag/idle" }));
    expect(answer.status).toBe(202);
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    const grown = arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed;
    expect(grown).toBeLessThan(IDLE * SOCKET_BYTES_MAX + 16 * 1_048_576);
    for (const socket of sockets) socket.close();
  });
});
