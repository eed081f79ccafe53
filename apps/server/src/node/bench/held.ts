import process from "node:process";
import { boundOldGeneration } from "../bound-old-generation.ts";
import { openNode } from "../open-node.ts";
import { serve } from "../../http/serve.ts";

/** What a process holds: as it has opened its folder, and after its garbage was collected. */
export interface Held {
  readonly heads: number;
  readonly opened: NodeJS.MemoryUsage;
  readonly settled: NodeJS.MemoryUsage;
}

const [folder = "."] = process.argv.slice(2);
boundOldGeneration();
const node = await openNode({ folder });
const server = await serve(node, { host: "127.0.0.1", port: 0 });
const opened = process.memoryUsage();
globalThis.gc?.();
const heads = [...node.engine.instances()].length;
const held: Held = { heads, opened, settled: process.memoryUsage() };
process.send?.(held);
process.on("disconnect", () => void server.stop().then(() => process.exit(0)));
