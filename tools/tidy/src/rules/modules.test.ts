import { describe, expect, it } from "vitest";
import { ARROWS } from "../arrows.ts";
import { plant } from "../test/plant.ts";
import { arrowsDrawing } from "./arrows-drawing.ts";
import { arrows, printArrows } from "./arrows.ts";
import { importCycles, packageCycles } from "./cycles.ts";
import { doors } from "./doors.ts";

const KERNEL = "packages/kernel/src/a.ts";

describe("arrows", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      "kernel to a package",
      KERNEL,
      'import { a } from "@swoosh/fleet";',
      "may not import packages/fleet",
    ],
    [
      "types count too",
      KERNEL,
      'import type { A } from "@swoosh/fleet";',
      "may not import packages/fleet",
    ],
    [
      "import types count too",
      KERNEL,
      'type A = import("@swoosh/fleet").A;',
      "may not import packages/fleet",
    ],
    [
      "re-exports count too",
      KERNEL,
      'export { a } from "@swoosh/fleet";',
      "may not import packages/fleet",
    ],
    ["siblings", "packages/mesh/src/a.ts", 'import { a } from "@swoosh/gates";', "allowed: kernel"],
    [
      "apps into packages",
      "packages/sdk/src/a.ts",
      'import { a } from "@swoosh/server";',
      "apps/server",
    ],
    [
      "a value through a types arrow",
      "packages/protocol/src/a.ts",
      'import { a } from "@swoosh/kernel";',
      "only its types",
    ],
    [
      "a direct import through a lazy arrow",
      "apps/cli/src/a.ts",
      'import { a } from "@swoosh/server";',
      "only lazily",
    ],
    [
      "what is there for tests",
      "apps/server/src/a.ts",
      'import type { A } from "@swoosh/sdk";',
      "only tests of apps/server",
    ],
    [
      "a way round the door",
      "apps/cli/src/a.ts",
      'import { a } from "../../../packages/kernel/src/a.ts";',
      "relative path",
    ],
    [
      "a tool in the product",
      "apps/cli/src/a.ts",
      'import { a } from "@swoosh/test";',
      "only tests and tools",
    ],
    [
      "an unknown workspace",
      "packages/new/src/a.ts",
      'import { a } from "@swoosh/kernel";',
      "has no arrows",
    ],
  ];
  it.each(cases)("refuses %s", (_name, file, text, message) => {
    const found = plant(arrows, { [file]: `\n${text}\n` });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${file}:2 `);
    expect(found[0]).toContain(message);
  });

  it("allows what the table names, in the named way", () => {
    const files = {
      "packages/fleet/src/a.ts": 'import { a } from "@swoosh/protocol";',
      "packages/protocol/src/a.ts": 'import type { A } from "@swoosh/kernel";',
      "apps/cli/src/a.ts":
        'const run = async () => await import("@swoosh/server");\nimport type { A } from "@swoosh/sim";',
      "packages/kernel/src/b.test.ts":
        'import { fetchNpm } from "../../../tools/test/src/index.ts";',
      "packages/protocol/src/a.test.ts": 'import { a } from "@swoosh/kernel";',
      "tools/mutate/src/a.ts": 'import { a } from "@swoosh/kernel";',
    };
    expect(plant(arrows, files)).toEqual([]);
  });
});

describe("arrows-drawing", () => {
  const drawn = ARROWS.map((row) => `${row.folder} -> ${printArrows(row)}`);
  const page = (lines: readonly string[]) => ({
    "docs/ARCHITECTURE.md": `# x\n\`\`\`arrows\n${lines.join("\n")}\n\`\`\`\n`,
  });

  it("accepts the table itself, whatever the spaces", () => {
    expect(plant(arrowsDrawing, page(drawn.map((line) => line.replace("->", "   ->"))))).toEqual(
      [],
    );
  });

  it("finds a missing arrow, an extra one and a missing drawing", () => {
    expect(plant(arrowsDrawing, page(drawn.slice(1)))[0]).toContain(
      'lacks "packages/kernel -> nothing of ours"',
    );
    expect(plant(arrowsDrawing, page([...drawn, "sim -> everything"]))[0]).toContain(
      `:${drawn.length + 3} "sim -> everything"`,
    );
    expect(plant(arrowsDrawing, {})[0]).toContain("has no block");
  });
});

describe("import-cycles", () => {
  const a = "packages/kernel/src/a.ts";
  const b = "packages/kernel/src/b.ts";

  it("names the whole cycle at the import that closes it", () => {
    const found = plant(importCycles, {
      [a]: 'import { b } from "./b.ts";',
      [b]: '\nimport { a } from "./a.ts";',
    });
    expect(found).toEqual([expect.stringContaining(`${b}:2 closes the cycle ${a} → ${b} → ${a}`)]);
  });

  it("lets types and lazy imports be", () => {
    expect(
      plant(importCycles, {
        [a]: 'import { b } from "./b.ts";',
        [b]: 'import type { A } from "./a.ts";',
      }),
    ).toEqual([]);
    expect(
      plant(importCycles, {
        [a]: 'import { b } from "./b.ts";',
        [b]: 'const a = () => import("./a.ts");',
      }),
    ).toEqual([]);
  });

  it("knows that inline types still load the file", () => {
    const found = plant(importCycles, {
      [a]: 'import { b } from "./b.ts";',
      [b]: 'import { type A } from "./a.ts";',
    });
    expect(found).toHaveLength(1);
  });
});

describe("package-cycles", () => {
  it("counts types, but not tests", () => {
    const there = { "packages/kernel/src/a.ts": 'import type { A } from "@swoosh/mesh";' };
    const back = 'import { b } from "@swoosh/kernel";';
    const found = plant(packageCycles, { ...there, "packages/mesh/src/b.ts": back });
    expect(found).toEqual([
      expect.stringContaining("packages/kernel → packages/mesh → packages/kernel"),
    ]);
    expect(plant(packageCycles, { ...there, "packages/mesh/src/b.test.ts": back })).toEqual([]);
  });
});

describe("doors", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      "a barrel inside a package",
      "packages/kernel/src/chart/index.ts",
      'export { a } from "./a.ts";',
      "barrel",
    ],
    ["export *", "packages/kernel/src/index.ts", 'export * from "./a.ts";', "list the names"],
    [
      "passing on names",
      "packages/kernel/src/b.ts",
      'export { a } from "./a.ts";',
      "import that file",
    ],
    ["a missing ending", "packages/kernel/src/b.ts", 'import { a } from "./a";', ".ts ending"],
    [
      "a JavaScript ending",
      "packages/kernel/src/b.ts",
      'import { a } from "./a.js";',
      ".ts ending",
    ],
    [
      "a deep import",
      "apps/cli/src/b.ts",
      'import { a } from "@swoosh/kernel/src/a.ts";',
      "reaches into a package",
    ],
  ];
  it.each(cases)("refuses %s", (_name, file, text, message) => {
    expect(plant(doors, { [file]: text })).toContainEqual(expect.stringContaining(message));
  });

  it("allows the one door, with names, and second doors by name", () => {
    const files = {
      "packages/kernel/src/index.ts": 'export { a, type B } from "./a.ts";',
      "apps/cli/src/b.ts": 'import { a } from "@swoosh/kernel/testing";',
    };
    expect(plant(doors, files)).toEqual([]);
  });

  it("allows a second door that package.json names, and no other file that passes on names", () => {
    const files = {
      "packages/kernel/package.json":
        '{"exports":{".":"./src/index.ts","./values":"./src/values.ts"}}',
      "packages/kernel/src/values.ts": 'export { a } from "./a.ts";',
    };
    expect(plant(doors, files)).toEqual([]);
    const other = { ...files, "packages/kernel/src/other.ts": 'export { a } from "./a.ts";' };
    expect(plant(doors, other)).toEqual([expect.stringContaining("passes on")]);
  });
});
