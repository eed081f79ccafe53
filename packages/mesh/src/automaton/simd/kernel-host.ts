/** Memory of a WebAssembly instance, as the language's API has it. */
export interface KernelMemory {
  /** Another object after each growth. */
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** What the modules of `life.wat` export; addresses and lengths in bytes. */
export interface LifeKernel {
  run(odd: number, ticks: number): number;
  runQuiet(odd: number, ticks: number, tilesMax: number): number;
  countDifferent(left: number, right: number, bytes: number): number;
  /** In the shared module alone. */
  lead?(endTick: bigint): void;
}

/** A module with the memory that it works on. */
export interface KernelInstance {
  readonly memory: KernelMemory;
  readonly kernel: LifeKernel;
}

/** The port to WebAssembly: where there is none, it is not handed in, and there are no SIMD engines. */
export interface KernelHost {
  /** Compiles and instantiates a module that imports `host.memory`, with a memory of so many 64 KiB pages. */
  instantiate(
    module: Uint8Array,
    memory: { readonly pages: number; readonly pagesMax: number; readonly isShared: boolean },
  ): KernelInstance;
}

/** Threads that call `serve(index)` of the shared module on the same memory, until they are told to end. */
export interface CrewHost extends KernelHost {
  /** Workers in all that are of use here, the caller included. */
  readonly workersMax: number;
  hire(module: Uint8Array, memory: KernelMemory, indexes: readonly number[]): Crew;
}

/** Workers that share a kernel's memory. */
export interface Crew {
  /** After the control block says that they shall end. */
  dismiss(): void;
}
