import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { nodeHasher } from "@swoosh/kernel/testing";
import { PATTERN_CLASSES } from "../../patterns/pattern-class.ts";
import { adapterText, type Adapter } from "../adapter.ts";
import { fitAdapter, type FitOptions } from "../fit-adapter.ts";

/** What the registered adapters are fitted with. */
export const FIT: FitOptions = {
  flipsPerMillion: 3_000,
  firstSeed: 1,
  episodes: 150,
  rounds: 8,
  validationSeeds: 150,
};

/** The source of `registered-adapters.ts`. */
export function registeredAdaptersSource(adapters: readonly Adapter[]): string {
  const texts = adapters.map((adapter) => `  ${adapterText(adapter)},\n`);
  return [
    'import { readAdapter, type Adapter } from "./adapter.ts";\n',
    "/** Fitted by test/build-adapters.ts; a soak test fits them again and compares. Levels in base 36, one a neighbourhood. */",
    `const TEXTS = [\n${texts.join("")}] as const;\n`,
    "/** One adapter for each class of patterns. */",
    "export const REGISTERED_ADAPTERS: readonly Adapter[] = TEXTS.map(readAdapter);\n",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const adapters = PATTERN_CLASSES.map((className) => fitAdapter(className, FIT, nodeHasher));
  writeFileSync(
    join(import.meta.dirname, "..", "registered-adapters.ts"),
    registeredAdaptersSource(adapters),
  );
}
