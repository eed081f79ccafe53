import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import process from "node:process";
import { openNode, type RunningNode } from "../open-node.ts";

/**
 * Opens a data folder in a process of its own, as a start does, and tells what that took. Where a second file is named, a
 * CPU profile of the main thread goes there.
 */
const [folder = ".", profileFile] = process.argv.slice(2);

async function openProfiled(file: string): Promise<RunningNode> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 300 });
  await session.post("Profiler.start");
  const opened = await openNode({ folder });
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  writeFileSync(file, JSON.stringify(profile));
  return opened;
}

const cpuBefore = process.cpuUsage();
const start = performance.now();
const node = await (profileFile === undefined ? openNode({ folder }) : openProfiled(profileFile));
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
