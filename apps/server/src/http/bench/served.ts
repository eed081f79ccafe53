import process from "node:process";
import { openNode } from "../../node/open-node.ts";
import { serve } from "../serve.ts";

/** The real server in a process of its own, as `swoosh up` runs it; tells its port and, when asked, its CPU time. */
const [folder = "."] = process.argv.slice(2);
const node = await openNode({ folder });
const server = await serve(node, { host: "127.0.0.1", port: 0 });
process.send?.({ port: server.port, origin: node.origin });
process.on("message", () => {
  const { system, user } = process.cpuUsage();
  process.send?.({
    cpuMicros: system + user,
    rssBytes: process.memoryUsage().rss,
    records: node.engine.status().size,
  });
});
process.on("disconnect", () => void server.stop().then(() => process.exit(0)));
