import { canonicalize } from "@swoosh/kernel";
import { hash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { ThreadedCrypto } from "./threaded-crypto.ts";

const key = PrivateKey.generate();
const payload = { a: 1 };
const attestation = {
  kind: "signature" as const,
  key: key.identity,
  type: "t",
  payload,
  payload_hash: `sha256-${hash("sha256", canonicalize(payload), "hex")}` as const,
  signature: key.sign("t", payload),
};
const asked = (crypto: ThreadedCrypto, count: number): Promise<unknown> =>
  crypto.verify(Array.from({ length: count }, () => attestation)).catch(String);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the end of a crypto", () => {
  it("lets the worker answer what it was asked, and refuses what comes after", async () => {
    const crypto = new ThreadedCrypto(key, async () => false);
    // The thread has begun: on a busy machine that alone can take as long as a close may.
    await asked(crypto, 1);
    const sent = [asked(crypto, 300), asked(crypto, 2)];
    await nextTurn();
    await nextTurn();
    const unsent = asked(crypto, 1);
    await Promise.all([crypto.close(), crypto.close()]);
    const holds = (count: number): readonly boolean[] => Array.from({ length: count }, () => true);
    expect(await Promise.all(sent)).toEqual([holds(300), holds(2)]);
    expect([await unsent, await asked(crypto, 1)]).toEqual([
      "Error: the server is stopping",
      "Error: the server is stopping",
    ]);
  });

  it("is at once where nobody asked anything, and leaves no worker behind in a process", async () => {
    const crypto = new ThreadedCrypto(key, async () => false);
    await crypto.close();
    expect(await crypto.verify([])).toEqual([]);
    const before = workers();
    const other = new ThreadedCrypto(key, async () => false);
    await asked(other, 1);
    await other.close();
    expect(workers()).toBe(before);
  });
});

describe("what crosses to the worker", () => {
  it("is two batches at most, and everything that is asked meanwhile in the next one", async () => {
    const crypto = new ThreadedCrypto(key, async () => false);
    await asked(crypto, 1);
    const post = Worker.prototype.postMessage;
    const held: (() => void)[] = [];
    // The worker hears nothing for five turns.
    const spy = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (
      this: Worker,
      ...message
    ) {
      held.push(() => post.apply(this, message));
    });
    const answers: Promise<unknown>[] = [];
    for (const count of [4, 1, 1, 2, 3]) {
      answers.push(asked(crypto, count));
      await nextTurn();
    }
    answers.push(crypto.holds({ ...attestation, body: canonicalize(payload) }));
    await nextTurn();
    expect(held).toHaveLength(2);
    spy.mockRestore();
    const sent = vi.spyOn(Worker.prototype, "postMessage");
    for (const send of held) send();
    const holds = (count: number): readonly boolean[] => Array.from({ length: count }, () => true);
    expect(await Promise.all(answers)).toEqual([...[4, 1, 1, 2, 3].map(holds), true]);
    expect(sent).toHaveBeenCalledTimes(1);
    sent.mockRestore();
    await crypto.close();
  });
});

/** Threads of this process that Node counts among its handles. */
function workers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Worker").length;
}
