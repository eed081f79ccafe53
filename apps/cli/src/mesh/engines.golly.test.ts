import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONWAY, Grid, readRle, SimdEngine, writeRle, type RlePattern } from "@swoosh/mesh";
import { needDebian } from "@swoosh/test";
import { afterAll, describe, expect, it } from "vitest";
import { nodeKernelHost } from "./node-kernel-host.ts";

const GOLLY = { program: "bgolly", debianPackage: "golly", purpose: "an oracle for the automaton" };
const COLLECTION = "/usr/share/golly/Patterns/Life";
const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };
const folder = mkdtempSync(join(tmpdir(), "swoosh-golly-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TICKS = 64;
/** Cells a side of what is taken from the collection: what a torus of moderate size holds with a margin. */
const SIDE_MAX = 1_500;

/** Patterns of Conway's rule that fit, in the order of their names. */
function collection(
  count: number,
): readonly { readonly name: string; readonly pattern: RlePattern }[] {
  const names = readdirSync(COLLECTION, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rle"))
    .toSorted((left, right) => (left < right ? -1 : 1));
  const found: { name: string; pattern: RlePattern }[] = [];
  for (const name of names) {
    if (found.length === count) break;
    const read = readRle(readFileSync(join(COLLECTION, name), "utf8"));
    // Files of other rules, of states beyond two, and one whose header is not the format's, are not ours to compare.
    if ("problem" in read || (read.pattern.rule ?? CONWAY).text !== CONWAY.text) continue;
    const { width, height } = read.pattern.cells;
    if (Math.max(width, height) <= SIDE_MAX) found.push({ name, pattern: read.pattern });
  }
  return found;
}

describe("Golly, an independent program,", () => {
  it("counts the same live cells in 100 patterns of its collection that we write as RLE", () => {
    const bgolly = needDebian(GOLLY);
    const patterns = collection(100);
    expect(patterns).toHaveLength(100);
    const engine = new SimdEngine(hasher, nodeKernelHost);
    for (const { name, pattern } of patterns) {
      // Nothing goes faster than a cell a tick: with that margin the torus is as good as a plane.
      const { width, height } = pattern.cells;
      const grid = new Grid({ width: width + 2 * TICKS + 2, height: height + 2 * TICKS + 2 });
      grid.stamp(pattern.cells, { left: TICKS + 1, top: TICKS + 1 });
      engine.load(grid, CONWAY);
      const ours = [engine.population()];
      engine.step(TICKS);
      ours.push(engine.population());
      const file = join(folder, "pattern.rle");
      writeFileSync(file, writeRle(grid, CONWAY));
      const told = execFileSync(bgolly, ["-m", String(TICKS), "-i", String(TICKS), file], {
        encoding: "utf8",
      });
      const theirs = [...told.matchAll(/^\d+: ([\d,]+)$/gm)].map(([, count = ""]) =>
        Number(count.replaceAll(",", "")),
      );
      expect([name, ...theirs]).toEqual([name, ...ours]);
    }
    engine.close();
  });
});
