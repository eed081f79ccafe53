import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findMutants } from "./find-mutants.ts";
import type { NumberedMutant } from "./instrument.ts";
import { MUTANTS_MAX } from "./switchboard.ts";
import type { Target } from "./targets.ts";

/**
 * Every mutant of every target, numbered from 0 in the order of targets, paths and positions. Whoever reads the same files
 * gives the same numbers.
 */
export function allMutants(root: string, targets: readonly Target[]): readonly NumberedMutant[] {
  const mutants = targets.flatMap(({ folder }) =>
    globSync(`${folder}/*.ts`, { cwd: root })
      .filter((file) => !/\.(test|fuzz|bench)\.ts$/.test(file))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .flatMap((file) => findMutants(file, readFileSync(join(root, file), "utf8"))),
  );
  if (mutants.length > MUTANTS_MAX) {
    throw new Error(
      `${mutants.length} mutants are more than MUTANTS_MAX (${MUTANTS_MAX}) in switchboard.ts`,
    );
  }
  return mutants.map((mutant, number) => ({ ...mutant, number }));
}
