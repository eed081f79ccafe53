import type { ValueHash } from "@swoosh/kernel/values";
import type { Grid } from "./grid.ts";
import type { Rule } from "./rule.ts";

/**
 * Runs a rule on a torus. All engines give the same cells, bit for bit; they differ in speed alone. One engine holds one
 * state at a time.
 */
export interface Engine {
  readonly name: EngineName;
  /** Takes a copy of the cells and begins at tick 0. The size must be one that `sizeProblem` has nothing against. */
  load(grid: Grid, rule: Rule): void;
  /** So many ticks on; returns when they are done. */
  step(ticks: number): void;
  /** Ticks since the state was loaded. */
  readonly tick: number;
  /** A copy of the cells. */
  read(): Grid;
  population(): number;
  /** `stateHash` of the cells. */
  hash(): ValueHash;
  /** Lets go of memory and workers; the engine is of no use afterwards. */
  close(): void;
}

/** Engines that a person can ask for by name. */
export const ENGINE_NAMES = ["naive", "bits", "simd", "workers"] as const;
/** One of `ENGINE_NAMES`. */
export type EngineName = (typeof ENGINE_NAMES)[number];
