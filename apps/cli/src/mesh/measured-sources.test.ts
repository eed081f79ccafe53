import { EXPERIMENTS } from "@swoosh/mesh";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lend, LENT_FROM } from "./lend.ts";
import { checkedOutSources, MeshSources } from "./measured-sources.ts";

const MESH = "packages/mesh/src";
const HOST = "apps/cli/src/mesh";

const FILES: Readonly<Record<string, string>> = {
  [`${MESH}/experiments/a-criteria.ts`]:
    'import {\n  step,\n  type Grid,\n} from "../step.ts";\nimport type { Only } from "../only-types.ts";\nexport const A = { id: "a.one", run: (c) => step(c.lend("process")) };\n',
  [`${MESH}/experiments/b-criteria.ts`]: 'export const B = { id: "b.one" };\n',
  [`${MESH}/experiments/find-experiment.ts`]:
    'import { A } from "./a-criteria.ts";\nimport { B } from "./b-criteria.ts";\nexport const EXPERIMENTS = [A, B];\n',
  [`${MESH}/experiments/run-experiment.ts`]: "export const run = 1;\n",
  [`${MESH}/experiments/summarise-experiment.ts`]:
    'import { judge } from "./judge.ts";\nexport const summarise = judge;\n',
  [`${MESH}/experiments/judge.ts`]: "export const judge = 1;\n",
  [`${MESH}/step.ts`]: '/** Steps. */\nexport const step = "// no comment";\n',
  [`${MESH}/only-types.ts`]: "export type Only = 1;\n",
  [`${MESH}/soak.ts`]: "export const soak = 1;\n",
  [`${MESH}/index.ts`]:
    'export { soak, type Soak } from "./soak.ts";\nexport { B } from "./experiments/b-criteria.ts";\n',
  [`${HOST}/run-mesh-job.ts`]: 'const entry = new URL("mesh-process.ts", import.meta.url);\n',
  [`${HOST}/mesh-process.ts`]: 'import { soak } from "@swoosh/mesh";\nsoak;\n',
  [`${HOST}/run-report-command.ts`]: "export const report = 1;\n",
};

function sourcesOf(files: Readonly<Record<string, string>>): MeshSources {
  return new MeshSources({
    list: (folder) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
    read: (path) => files[path],
  });
}

describe("what a result was measured on", () => {
  const before = sourcesOf(FILES).measured("a.one");

  it("is where it is defined, what runs and judges it, what is lent to it, and what these import", () => {
    expect([...sourcesOf(FILES).stamped("a.one").keys()].toSorted()).toEqual([
      `${HOST}/mesh-process.ts`,
      `${HOST}/run-mesh-job.ts`,
      `${MESH}/experiments/a-criteria.ts`,
      `${MESH}/experiments/judge.ts`,
      `${MESH}/experiments/run-experiment.ts`,
      `${MESH}/experiments/summarise-experiment.ts`,
      `${MESH}/soak.ts`,
      `${MESH}/step.ts`,
    ]);
    expect(before).toMatchObject({ of: "experiments/a-criteria.ts", files: 8 });
    expect(sourcesOf(FILES).measured("a.two")).toBeUndefined();
  });

  it.each([...sourcesOf(FILES).stamped("a.one").keys()])("is another where %s is", (path) => {
    const changed = { ...FILES, [path]: `${FILES[path] ?? ""}export const more = 1;\n` };
    expect(sourcesOf(changed).measured("a.one")).not.toEqual(before);
  });

  it.each([
    `${MESH}/experiments/b-criteria.ts`,
    `${MESH}/experiments/find-experiment.ts`,
    `${MESH}/only-types.ts`,
    `${MESH}/index.ts`,
    `${HOST}/run-report-command.ts`,
    `${MESH}/experiments/c-criteria.ts`,
  ])("is the same whatever stands in %s", (path) => {
    const changed = { ...FILES, [path]: `${FILES[path] ?? ""}export const more = 1;\n` };
    expect(sourcesOf(changed).measured("a.one")).toEqual(before);
  });

  it("leaves out comments on lines of their own, and nothing else", () => {
    const step = `${MESH}/step.ts`;
    const told =
      '/**\n * Steps once.\n * Twice.\n */\n// So.\nexport const step = "// no comment";\n';
    expect(sourcesOf({ ...FILES, [step]: told }).measured("a.one")).toEqual(before);
    const other = '/** Steps. */ export const step = "// other";\n';
    expect(sourcesOf({ ...FILES, [step]: other }).measured("a.one")).not.toEqual(before);
  });

  it("does not depend on the order in which a folder is listed", () => {
    const turned = Object.fromEntries(Object.entries(FILES).toReversed());
    expect(sourcesOf(turned).measured("a.one")).toEqual(before);
  });

  it("is known of every experiment there is, without the table of all", () => {
    const sources = checkedOutSources();
    for (const { id } of EXPERIMENTS) {
      const paths = [...sources.stamped(id).keys()];
      expect([id, paths]).toEqual([
        id,
        expect.arrayContaining([`${MESH}/experiments/judge-claim.ts`]),
      ]);
      expect([
        id,
        paths.filter((path) => /find-experiment|src\/index\.ts|\.test\.ts/.test(path)),
      ]).toEqual([id, []]);
    }
    expect([...sources.stamped("stability.no-leak").keys()]).toEqual(
      expect.arrayContaining([`${HOST}/soak-mesh.ts`, `${MESH}/shards/shard-mesh.ts`]),
    );
    expect([...sources.stamped("automaton.rule").keys()]).toEqual(
      expect.arrayContaining([`${HOST}/life-worker.ts`, `${MESH}/automaton/bits-engine.ts`]),
    );
    expect([...sources.stamped("automaton.gliders").keys()]).not.toContain(
      `${MESH}/shards/shard-mesh.ts`,
    );
  });

  it("knows every file from which something is lent", () => {
    for (const [name, file] of LENT_FROM) {
      expect([name, existsSync(join(import.meta.dirname, file))]).toEqual([name, true]);
      if (name !== "golly") expect([name, lend(name)]).not.toEqual([name, undefined]);
    }
  });
});
