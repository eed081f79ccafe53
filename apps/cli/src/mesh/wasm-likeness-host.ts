import type { LikenessHost } from "@swoosh/mesh";

/** What is used of the WebAssembly JavaScript interface, which Node's own types leave out. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** Node's WebAssembly for the mesh's kernel of likenesses. */
export const wasmLikenessHost: LikenessHost = {
  instantiate(module, pages) {
    const memory = new WebAssembly.Memory({ initial: pages });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), {
      host: { memory },
    });
    const { dots } = instance.exports;
    if (typeof dots !== "function") throw new TypeError("the kernel has no function dots");
    return {
      buffer: memory.buffer,
      dots: (query, keys, count, out) => void dots(query, keys, count, out),
    };
  },
};
