import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import type { WorldName } from "./world-beginning.ts";
import type { RunOptions } from "./simulation.ts";
import type { Shrunk } from "./shrink.ts";

/** A run that failed once. It is played again with every change, and must be sound. */
export interface Fixture {
  /** Why it failed, once that is known. A fixture without a cause fails its test. */
  readonly cause: string;
  /** What was changed. */
  readonly fix: string;
  readonly world: WorldName;
  readonly seed: number;
  /** How much longer than one of `orders` a seed of that world was; missing: as long as the world's own. */
  readonly stepsTimes?: number;
  /** Of the sources that failed. */
  readonly commit: string;
  readonly check: string;
  readonly claim: string;
  readonly stepsMax: number;
  readonly skipped: readonly number[];
  readonly without: readonly string[];
  readonly story: readonly string[];
}

export const FIXTURES_FOLDER = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Writes what is left of a failing run; gives the path. */
export function writeFixture(
  shrunk: Shrunk,
  about: { readonly commit: string; readonly world: WorldName },
  folder = FIXTURES_FOLDER,
): string {
  const { report, skipped, stepsMax, without } = shrunk;
  const [finding] = report.findings;
  const fixture: Fixture = {
    cause: "",
    fix: "",
    world: about.world,
    seed: report.seed,
    commit: about.commit,
    check: finding?.check ?? "",
    claim: finding?.claim ?? "",
    stepsMax,
    skipped,
    without,
    story: report.story,
  };
  mkdirSync(folder, { recursive: true });
  const path = freePath(folder, fixtureName(about.world, report.seed));
  writeFileSync(path, `${JSON.stringify(fixture, null, 2)}\n`);
  return path;
}

/** Each world has names of its own: a seed is another run in each of them. */
function fixtureName(world: WorldName, seed: number): string {
  return world === "orders" ? `seed-${seed}` : `${world}-seed-${seed}`;
}

/** What somebody found out about an earlier run of the seed is not written over. */
function freePath(folder: string, name: string): string {
  for (let count = 1; ; count += 1) {
    const path = join(folder, `${name}${count === 1 ? "" : `-again-${count}`}.json`);
    if (!existsSync(path) || readFixture(path).cause === "") return path;
  }
}

function readFixture(path: string): Fixture {
  return JSON.parse(readFileSync(path, "utf8"));
}

export function readFixtures(folder = FIXTURES_FOLDER): readonly (readonly [string, Fixture])[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => [name, readFixture(join(folder, name))]);
}

/** How to play it again. */
export function optionsOf({ skipped, stepsMax, without }: Fixture): RunOptions {
  const kinds = new Set<FaultKind>(FAULT_KINDS.filter((kind) => without.includes(kind)));
  return { stepsMax, skipped: new Set(skipped), without: kinds };
}
