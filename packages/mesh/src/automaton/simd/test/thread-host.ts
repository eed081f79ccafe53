import { Worker } from "node:worker_threads";
import { kernelHostOver, type WebAssemblyApi } from "../../../web-assembly.ts";
import type { CrewHost } from "../kernel-host.ts";

declare const WebAssembly: WebAssemblyApi;

const THREAD = `
const { workerData: { module, memory, index } } = require("node:worker_threads");
new WebAssembly.Instance(module, { host: { memory } }).exports.serve(index);
`;

/** Node's WebAssembly and threads, for tests and measurements of the package itself. */
export const threadHost: CrewHost = {
  ...kernelHostOver(WebAssembly),
  workersMax: 2,
  hire(bytes, memory, indexes) {
    const module = new WebAssembly.Module(Uint8Array.from(bytes));
    const workers = indexes.map(
      (index) => new Worker(THREAD, { eval: true, workerData: { module, memory, index } }),
    );
    return {
      dismiss: () => {
        for (const worker of workers) worker.unref();
      },
    };
  },
};
