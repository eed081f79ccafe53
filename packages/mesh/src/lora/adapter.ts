import { assert, hashOfCanonical, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import { FIRST_PHASES, type PatternClass } from "../patterns/pattern-class.ts";
import type { Symmetry } from "../patterns/shape.ts";
import { LEVEL_MAX, LEVEL_ONE } from "./limits.ts";
import { CONWAY_WEIGHTS, NEIGHBOURHOODS, turnNeighbourhood } from "./neighbourhood.ts";

/**
 * A registered skill: for each phase of a pattern a row over the 512 neighbourhoods, in the pattern's first orientation. An
 * entry is 0 or has the sign against Conway's rule and `LEVEL_ONE` to `LEVEL_MAX` eighths of its weight: the more evidence,
 * the lower the amplitude at which it acts.
 */
export interface Adapter {
  readonly className: PatternClass;
  readonly rows: readonly Int8Array[];
  /** How it was fitted: part of what is hashed. */
  readonly fit: FitRecord;
}

/** How an adapter was fitted, so that it can be fitted again. */
export interface FitRecord {
  /** Flips of a cell and tick in a million, in the episodes that it was fitted to. */
  readonly flipsPerMillion: number;
  readonly firstSeed: number;
  readonly episodes: number;
  /** The round whose rows were best on the validation seeds; 0 is what the noise-free orbit alone gives. */
  readonly chosenRound: number;
}

/** Rows in the order of phases as text: one character a neighbourhood, `.` for 0, then the level in base 36. */
export function adapterText({ className, rows, fit }: Adapter): string {
  const texts = rows.map((row) =>
    [...row].map((level) => (level === 0 ? "." : Math.abs(level).toString(36))).join(""),
  );
  const { flipsPerMillion, firstSeed, episodes, chosenRound } = fit;
  // Keys in the order of their names: this is canonical JSON.
  return JSON.stringify({
    className,
    fit: { chosenRound, episodes, firstSeed, flipsPerMillion },
    rows: texts,
  });
}

/**
 * The content hash of `adapter`, by `hasher` over its text: two that do the same, and were fitted in the same way, have the
 * same.
 */
export function adapterHash(adapter: Adapter, hasher: Hasher): ValueHash {
  return hashOfCanonical(hasher, adapterText(adapter));
}

/**
 * The inverse of `adapterText`, from the fields of its text as `given`; asserts what holds of adapters: a row for each
 * phase of the class, an entry for each neighbourhood, levels within bounds.
 */
export function readAdapter(given: {
  readonly className: PatternClass;
  readonly rows: readonly string[];
  readonly fit: FitRecord;
}): Adapter {
  const { className, fit } = given;
  assert(given.rows.length === FIRST_PHASES[className].period, "a row for each phase");
  const rows = given.rows.map((text) => {
    assert(text.length === NEIGHBOURHOODS, "an entry for each neighbourhood");
    return Int8Array.from(text, (sign, bits) => {
      const level = sign === "." ? 0 : Number.parseInt(sign, 36);
      assert(level === 0 || (level >= LEVEL_ONE && level <= LEVEL_MAX), "levels within bounds");
      return level === 0 ? 0 : -level * (CONWAY_WEIGHTS[bits] ?? 0);
    });
  });
  return { className, rows, fit };
}

/** The rows for a pattern that lies turned by `symmetry`. */
export function turnRows(rows: readonly Int8Array[], symmetry: Symmetry): readonly Int8Array[] {
  return rows.map((row) => {
    const turned = new Int8Array(NEIGHBOURHOODS);
    for (const [bits, level] of row.entries()) turned[turnNeighbourhood(bits, symmetry)] = level;
    return turned;
  });
}
