import { likenessHostOver, type WebAssemblyApi } from "@swoosh/mesh";
import process from "node:process";
import { brotliCompressSync, constants } from "node:zlib";
import { kernel } from "../kernel.ts";
import { lentCleanClone } from "./lent-clean-clone.ts";
import { lentGolly, lentHouse } from "./lent-programs.ts";
import { nodeKernelHost } from "./node-kernel-host.ts";
import { runMeshJob } from "./run-mesh-job.ts";

declare const WebAssembly: WebAssemblyApi;

const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

/** What arms may borrow of this machine, by its name; undefined: there is no such thing here. */
export function lend(name: string): unknown {
  if (name === "hasher") return kernel.hasher;
  if (name === "brotli") return (text: string) => brotliCompressSync(text, BROTLI).length;
  if (name === "process") return runMeshJob;
  if (name === "kernels") return nodeKernelHost;
  if (name === "cpuMs") return threadCpuMs;
  if (name === "likeness") return likenessHostOver(WebAssembly);
  if (name === "golly") return lentGolly();
  if (name === "house") return lentHouse();
  if (name === "clone") return lentCleanClone();
  return undefined;
}

/** The files beside this one from which it is lent: a result is measured on them too. The others are a line above, or another package's. */
export const LENT_FROM: ReadonlyMap<string, string> = new Map([
  ["process", "run-mesh-job.ts"],
  ["kernels", "node-kernel-host.ts"],
  ["golly", "lent-programs.ts"],
  ["house", "lent-programs.ts"],
  ["clone", "lent-clean-clone.ts"],
]);

/** Time that this thread has used: what others take of the machine is not in it. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
