import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Crew, CrewHost, KernelInstance, KernelMemory, LifeKernel } from "@swoosh/mesh";
import type { WebAssemblyApi } from "./web-assembly-api.ts";

declare const WebAssembly: WebAssemblyApi;

/** WebAssembly and worker threads of Node, as the mesh's engines want them. */
export const nodeKernelHost: CrewHost = {
  workersMax: availableParallelism(),
  instantiate(bytes, { isShared, pages, pagesMax }): KernelInstance {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pagesMax, shared: isShared });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      host: { memory },
    });
    // What the built module exports is the package's own word: a test compares its bytes with its source.
    return { memory, kernel: exports as unknown as LifeKernel };
  },
  hire(bytes, memory, indexes): Crew {
    const module = new WebAssembly.Module(bytes);
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
