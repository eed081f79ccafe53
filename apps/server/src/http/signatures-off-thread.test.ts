import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import workerThreads, { Worker, type WorkerOptions } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HELD, loadedSodium } from "./test/held-verification.ts";
import { HttpRig } from "./test/http-rig.ts";

const words = new Int32Array(new SharedArrayBuffer(8));
const PRELOAD = new URL("test/held-verification.ts", import.meta.url).href;

/** A thread as the server starts it, that stands still in the middle of each signature until `open` is said. */
class HeldWorker extends Worker {
  constructor(file: string | URL, options: WorkerOptions = {}) {
    super(file, { ...options, execArgv: ["--import", PRELOAD], workerData: words });
  }
}

function open(): void {
  Atomics.store(words, HELD.opened, 1);
  Atomics.notify(words, HELD.opened);
}

beforeEach(() => {
  Object.assign(workerThreads, { Worker: HeldWorker });
  syncBuiltinESMExports();
});
afterEach(() => {
  open();
  vi.restoreAllMocks();
  Object.assign(workerThreads, { Worker });
  syncBuiltinESMExports();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the checks of signatures", () => {
  it("stand still in a thread of their own, and the server goes on: it reads, and takes more", async () => {
    const sodium = loadedSodium();
    const here = [
      vi.spyOn(crypto, "verify"),
      ...(sodium === undefined ? [] : [vi.spyOn(sodium, "crypto_sign_verify_detached")]),
    ];
    syncBuiltinESMExports();
    const rig = await HttpRig.open();
    try {
      const statuses: number[] = [];
      const send = async (body: string): Promise<void> => {
        const response = await rig.send(body);
        await response.text();
        statuses.push(response.status);
      };
      const flip = { instance: "switch/a", transition: "Switch_Flip" };
      const sent = [send(rig.wire(flip))];
      while (Atomics.load(words, HELD.checks) === 0 && statuses.length === 0) await turn();
      expect(statuses, "answered, and no thread was asked").toEqual([]);
      // The thread is inside the check of a signature now, and stays there.
      for (let turns = 0; turns < 1_000; turns += 1) await turn();
      expect((await rig.get("/healthz")).status).toBe(200);
      expect((await rig.get("/state?instance=identity/operator")).status).toBe(200);
      const forged = rig
        .wire({ ...flip, instance: "switch/b" })
        .replace(/(?<="signature":")./u, (first) => (first === "A" ? "B" : "A"));
      sent.push(send(forged));
      while (rig.node.engine.status().depths.proposals < 2 && statuses.length === 0) await turn();
      await send("no JSON");
      expect(statuses).toEqual([400]);
      expect(Atomics.load(words, HELD.checks)).toBe(1);
      open();
      await Promise.all(sent);
      expect([statuses.length, new Set(statuses)]).toEqual([3, new Set([400, 202, 401])]);
      expect(here.map((spy) => spy.mock.calls.length)).toEqual(here.map(() => 0));
    } finally {
      open();
      await rig.close();
    }
  });
});
