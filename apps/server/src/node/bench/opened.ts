import process from "node:process";
import { openNode } from "../open-node.ts";

/** Opens a data folder in a process of its own, as a start does, and tells what that took. */
const [folder = "."] = process.argv.slice(2);
const cpuBefore = process.cpuUsage();
const start = performance.now();
const node = await openNode({ folder });
const wallMs = performance.now() - start;
const { system, user } = process.cpuUsage(cpuBefore);
const { size, recovery } = node.engine.status();
process.send?.({
  wallMs,
  cpuMs: (system + user) / 1_000,
  sinceBirthMs: performance.now(),
  size,
  replayed: recovery.replayed,
  rssBytes: process.memoryUsage().rss,
});
// Killed, as by a crash: a clean stop would take a snapshot, and the next start have less to do.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
