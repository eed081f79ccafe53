import type { KernelMemory } from "@swoosh/mesh";

/** As much of the language's WebAssembly API as is used here: Node has it, TypeScript describes it for browsers alone. */
export interface WebAssemblyApi {
  readonly Memory: new (about: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly host: { readonly memory: KernelMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}
