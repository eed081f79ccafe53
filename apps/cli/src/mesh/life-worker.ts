import { workerData } from "node:worker_threads";
import type { KernelMemory, WebAssemblyApi } from "@swoosh/mesh";

declare const WebAssembly: WebAssemblyApi;

/** A thread of the workers engine: serves until the control block says that it is over. */
interface Hired {
  readonly module: object;
  readonly memory: KernelMemory;
  readonly index: number;
}

const { index, memory, module }: Hired = workerData;
const { serve } = new WebAssembly.Instance(module, { host: { memory } }).exports;
if (typeof serve === "function") serve(index);
