import { parentPort, workerData } from "node:worker_threads";
import { hasher } from "../hasher.ts";
import { chooseEmbedder } from "./choose-embedder.ts";
import { MemoryKeeper } from "./memory-keeper.ts";
import type { MemoryAnswer, MemoryQuestion, MemoryWorkerData } from "./memory-messages.ts";
import { queuedEmbedder } from "./queued-embedder.ts";
import { toldOf } from "./told-of.ts";

const { data, embedder, key, timeoutMs }: MemoryWorkerData = workerData;
const keeper = new MemoryKeeper({
  hasher,
  embedder: queuedEmbedder(
    chooseEmbedder(embedder, { timeoutMs, ...(key === undefined ? {} : { key }) }),
  ),
});

/** Null is the last message: what is under way is finished, and with its port the thread has nothing to wait for. */
parentPort?.on("message", (question: MemoryQuestion | null) => {
  if (question === null) {
    void keeper.idle().then(() => parentPort?.close());
    return;
  }
  void answerOf(question).then((answer) => parentPort?.postMessage(answer));
});

async function answerOf({ number, path, what }: MemoryQuestion): Promise<MemoryAnswer> {
  try {
    return what.kind === "remember"
      ? { number, kind: "kept", items: await keeper.remember(path, what) }
      : { number, kind: "found", found: await keeper.recall(path, what) };
  } catch (error) {
    return { number, kind: "refused", ...toldOf(error, { asked: what.kind, data }) };
  }
}
