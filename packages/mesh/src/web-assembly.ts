import { assert } from "@swoosh/kernel/values";
import type { KernelHost, KernelMemory, LifeKernel } from "./automaton/simd/kernel-host.ts";
import type { LikenessHost } from "./embed/likeness/key-index.ts";

/** As much of the language's WebAssembly API as is used here; handed in, for nothing pure takes it from the globals. */
export interface WebAssemblyApi {
  readonly Memory: new (about: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly host: { readonly memory: KernelMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** The engines' port over the language's `api`. */
export function kernelHostOver(api: WebAssemblyApi): KernelHost {
  return {
    instantiate(bytes, { isShared, pages, pagesMax }) {
      const memory = new api.Memory({ initial: pages, maximum: pagesMax, shared: isShared });
      const exports = exportsOf(api, bytes, memory);
      // What the built module exports is the package's own word: a test compares its bytes with its source.
      return { memory, kernel: exports as unknown as LifeKernel };
    },
  };
}

/** The key index's port over the language's `api`. */
export function likenessHostOver(api: WebAssemblyApi): LikenessHost {
  return {
    instantiate(bytes, pages) {
      const memory = new api.Memory({ initial: pages });
      const { dots } = exportsOf(api, bytes, memory);
      assert(typeof dots === "function", "the kernel of likenesses has dots");
      return {
        buffer: memory.buffer,
        dots: (query, keys, count, out) => void dots(query, keys, count, out),
      };
    },
  };
}

function exportsOf(
  api: WebAssemblyApi,
  bytes: Uint8Array,
  memory: KernelMemory,
): Readonly<Record<string, unknown>> {
  return new api.Instance(new api.Module(Uint8Array.from(bytes)), { host: { memory } }).exports;
}
