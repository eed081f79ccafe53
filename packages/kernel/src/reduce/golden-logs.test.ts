import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { valueHash } from "../hash.ts";
import type { ValueHash } from "../hash.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { createKernel } from "../kernel.ts";
import { createTree } from "../log/tree.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createKernel as createReducer } from "./kernel.ts";
import { replay } from "./replay.ts";
import { World } from "./world.ts";

/**
 * A log of each release, which every later kernel must make again byte for byte (kernel design §3, Flags). A log that fails
 * here is never written anew: what reduce means has changed, and needs a number in `flags.ts`.
 */
const GOLDEN = [
  ["0.1.0", 400, "eb06a3a20f9dd9cc66a99b3b59c573039d21bf12c570883a400ac8b58b13004d"],
] as const;
const FOLDER = new URL("../../cases/golden/", import.meta.url);

function linesOf(release: string, kind: "charts" | "records"): readonly string[] {
  const text = readFileSync(new URL(`${release}.${kind}.jsonl`, FOLDER), "utf8");
  return text.split("\n").slice(0, -1);
}

function chartsOf(release: string): ReadonlyMap<ValueHash, CompiledChart> {
  const kernel = createKernel(nodeHasher);
  return new Map(
    linesOf(release, "charts").map((normalForm) => {
      const compiled = kernel.compileNormal(normalForm, () => undefined);
      if (!compiled.ok) throw new Error(compiled.problem);
      expect(compiled.chart.hash).toBe(valueHash(nodeHasher, JSON.parse(normalForm)));
      return [compiled.chart.hash, compiled.chart];
    }),
  );
}

describe("golden logs", () => {
  it.each(GOLDEN)("%s is made again, record by record", (release, records, root) => {
    const charts = chartsOf(release);
    const reducer = createReducer(nodeHasher);
    const world = new World((hash) => charts.get(hash));
    const tree = createTree(nodeHasher);
    for (const text of linesOf(release, "records")) {
      const replayed = replay(reducer, world, text);
      if (!replayed.ok) expect(replayed).toBe("made again");
      else {
        expect(replayed.accepted.text).toBe(text);
        world.apply(replayed.accepted);
        tree.append(replayed.accepted.leaf);
      }
    }
    expect(world.end.size).toBe(records);
    expect(tree.root()).toBe(root);
  });

  it("are all replayed", () => {
    const files = GOLDEN.flatMap(([release]) => [
      `${release}.charts.jsonl`,
      `${release}.records.jsonl`,
    ]);
    expect(readdirSync(FOLDER).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(files);
  });
});
