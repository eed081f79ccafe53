import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  kernelHostOver,
  type Crew,
  type CrewHost,
  type KernelMemory,
  type WebAssemblyApi,
} from "@swoosh/mesh";

declare const WebAssembly: WebAssemblyApi;

/** WebAssembly and worker threads of Node, as the mesh's engines want them. */
export const nodeKernelHost: CrewHost = {
  ...kernelHostOver(WebAssembly),
  workersMax: availableParallelism(),
  hire(bytes, memory, indexes): Crew {
    const module = new WebAssembly.Module(Uint8Array.from(bytes));
    const workers = indexes.map((index) => start(module, memory, index));
    return {
      dismiss: () => {
        for (const worker of workers) worker.unref();
      },
    };
  },
};

function start(module: object, memory: KernelMemory, index: number): Worker {
  const url = new URL("life-worker.ts", import.meta.url);
  return new Worker(url, { workerData: { module, memory, index } });
}
