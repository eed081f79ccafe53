import type { LikenessHost } from "../key-index.ts";

/** What is used of the WebAssembly JavaScript interface; the pure packages' settings do not know it. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** The engine's own WebAssembly. */
export const wasmHost: LikenessHost = {
  instantiate(module, pages) {
    const memory = new WebAssembly.Memory({ initial: pages });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), {
      host: { memory },
    });
    const { dots } = instance.exports;
    if (typeof dots !== "function") throw new Error("the module has no dots");
    return {
      buffer: memory.buffer,
      dots: (query, keys, count, out) => void dots(query, keys, count, out),
    };
  },
};
