import { hash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { kernelHostOver, type CrewHost, type WebAssemblyApi } from "@swoosh/mesh";
import { meshHashes } from "./mesh-hashes.ts";

declare const WebAssembly: WebAssemblyApi;

const THREAD = `
const { workerData: { module, memory, index } } = require("node:worker_threads");
new WebAssembly.Instance(module, { host: { memory } }).exports.serve(index);
`;

/** The engines' hashes on this Node. */
export function runMeshOnNode(): Promise<Readonly<Record<string, string>>> {
  const host: CrewHost = {
    ...kernelHostOver(WebAssembly),
    workersMax: 2,
    hire(bytes, memory, indexes) {
      const module = new WebAssembly.Module(Uint8Array.from(bytes));
      const crew = indexes.map(
        (index) => new Worker(THREAD, { eval: true, workerData: { module, memory, index } }),
      );
      return { dismiss: () => crew.forEach((worker) => worker.unref()) };
    },
  };
  const encoder = new TextEncoder();
  const hasher = {
    sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer"),
    utf8: (text: string) => encoder.encode(text),
  };
  return meshHashes(hasher, host, () => Promise.resolve());
}
