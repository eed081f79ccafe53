// Node loads this before the program (`--import`): it begins libuv's pool, says so, and waits until a tracer has the
// pool's thread. So no call of that thread is missed.
import { closeSync, readSync, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { isMainThread } from "node:worker_threads";

/** A socket of whoever started us. */
const GATE = 3;

// Worker threads load it too.
if (isMainThread) {
  await stat("/");
  writeSync(GATE, "held");
  readSync(GATE, Buffer.alloc(1));
  closeSync(GATE);
}
