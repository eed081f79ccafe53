import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import process from "node:process";
import { boundOldGeneration } from "../../node/bound-old-generation.ts";
import { openNode } from "../../node/open-node.ts";
import { createScreen } from "../../screen/create-screen.ts";
import { serve } from "../serve.ts";

/**
 * The real server in a process of its own, as `swoosh up` runs it, or, with SWOOSH_BENCH_SCREEN=0, without the screen for secrets, to see what that
 * costs; tells its port and, when asked, its CPU time. `{profile: FILE}` begins a CPU profile of the main thread, and the next one ends it.
 */
const [folder = "."] = process.argv.slice(2);
boundOldGeneration();
const node = await openNode({ folder });
const screen = process.env["SWOOSH_BENCH_SCREEN"] === "0" ? {} : { screen: createScreen(folder) };
const server = await serve(node, { host: "127.0.0.1", port: 0, ...screen });
process.send?.({ port: server.port, origin: node.origin });

let session: Session | undefined;

async function toggleProfile(file: string): Promise<void> {
  if (session === undefined) {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 300 });
    await session.post("Profiler.start");
    return;
  }
  const { profile } = await session.post("Profiler.stop");
  writeFileSync(file, JSON.stringify(profile));
  session.disconnect();
  session = undefined;
}

process.on("message", (asked: "usage" | { readonly profile: string }) => {
  if (asked !== "usage") return void toggleProfile(asked.profile);
  const { system, user } = process.cpuUsage();
  const main = process.threadCpuUsage();
  process.send?.({
    cpuMicros: system + user,
    mainMicros: main.system + main.user,
    rssBytes: process.memoryUsage().rss,
    records: node.engine.status().size,
  });
});
process.on("disconnect", () => void server.stop().then(() => process.exit(0)));
