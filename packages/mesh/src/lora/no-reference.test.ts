import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
/** Whatever is behind `from`, types too: who can name the judge's type can be handed a judge. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*"(\.[^"]+|@swoosh\/mesh)"/g;

/** The files of this package that are reached from one of them by imports, the file itself left out. */
function reachedFrom(file: string): readonly string[] {
  const reached = new Set<string>();
  const waiting = [join(SOURCES, file)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    expect([path, existsSync(path)]).toEqual([path, true]);
    for (const [, target = ""] of readFileSync(path, "utf8").matchAll(IMPORTED)) {
      const next =
        target === "@swoosh/mesh" ? join(SOURCES, "index.ts") : join(dirname(path), target);
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return [...reached].map((path) => relative(SOURCES, path)).toSorted();
}

/** The judge, what is scored by it, and the measurements, which have both the judge and the noise in their hands. */
function knowsReference(path: string): boolean {
  return /^lora\/(?:mean-)?persistence\.ts$|^lora\/(?:fit-adapter|fit-family|flip-noise)\.ts$|^experiments\//.test(
    path,
  );
}

describe("what acts on a pattern", () => {
  it.each(["lora/pulse.ts", "lora/lora-automaton.ts", "lora/registered-adapters.ts"])(
    "%s reaches neither the judge, nor a fit, nor the noise",
    (file) => {
      const reached = reachedFrom(file);
      expect(reached).toContain("lora/neighbourhood.ts");
      expect(reached.filter(knowsReference)).toEqual([]);
    },
  );

  it("is told from what knows the reference: the walk finds the judge where it is reached", () => {
    expect(reachedFrom("lora/fit-adapter.ts").filter(knowsReference)).toEqual([
      "lora/flip-noise.ts",
      "lora/mean-persistence.ts",
      "lora/persistence.ts",
    ]);
    expect(reachedFrom("experiments/lora-criteria.ts").filter(knowsReference)).toContain(
      "lora/persistence.ts",
    );
  });
});
