import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.ts";
import { purity } from "./purity.ts";
import { size } from "./size.ts";
import { casts, types } from "./types.ts";

const KERNEL = "packages/kernel/src/a.ts";

describe("purity", () => {
  const bans: readonly (readonly [string, string])[] = [
    ["const a = Date.now();", "Clock port"],
    ["const a = new Date();", "Clock port"],
    ["const a = Math.random();", "Random port"],
    ['const a = "a".localeCompare("b");', "compareUtf16"],
    ["const a = new Intl.Collator();", "UTF-16 units"],
    ["const a = (5).toLocaleString();", "canonical JSON"],
    ["const a = [2, 1].sort();", "comparator"],
    ["const a = [2, 1].toSorted();", "comparator"],
    ["for (const key in {}) key;", "Object.keys"],
    ["const a = 2 ** 3;", "**"],
    ["let a = 2; a **= 3;", "**"],
    ["const a = Math.pow(2, 3);", "Math.pow"],
    ["const a = Math.exp(2);", "Math.exp"],
    ["const a = 0.5;", "0.5 is a float"],
    ["const a = 1e-3;", "1e-3 is a float"],
    ["setTimeout(() => {}, 1);", "engine's clock"],
    ["const a = performance.now();", "Clock port"],
    ["const a = process.env;", "hand the value in"],
    ['const a = globalThis["Date"];', "globalThis"],
    ['const a = Buffer.from("a");', "Uint8Array"],
    ['import { readFileSync } from "node:fs";', "imports node:fs"],
    ['import { Command } from "commander";', "imports commander"],
    ['import type { Command } from "commander";', "imports commander"],
  ];
  it.each(bans)("bans %s", (text, message) => {
    expect(plant(purity, { [KERNEL]: `\n${text}` })).toEqual([
      expect.stringContaining(`${KERNEL}:2 `),
    ]);
    expect(plant(purity, { [KERNEL]: text })[0]).toContain(message);
  });

  it("allows what only looks alike", () => {
    const text = [
      'import { parse } from "yaml";',
      "interface Date { readonly Date: string }",
      "const a = [2, 1].toSorted((left, right) => left - right);",
      "const b = Math.floor(7 / 2) + 1e3 + 0x10 + 1_000;",
      "const c = { process: 1 }.process;",
      "export const digest = (crypto: { hash(): string }) => crypto.hash();",
    ];
    expect(plant(purity, { [KERNEL]: text.join("\n") })).toEqual([]);
  });

  it("wants settings that know the language alone", () => {
    const settings = (text: string) => ({
      "packages/kernel/package.json": "{}",
      "packages/kernel/tsconfig.json": text,
    });
    const narrow = '{ "compilerOptions": { "lib": ["ES2023"], "types": [] } }';
    expect(plant(purity, settings(narrow))).toEqual([]);
    for (const wide of [
      narrow.replace("[]", '["node"]'),
      narrow.replace('"ES2023"', '"ES2023", "DOM"'),
      "",
    ]) {
      expect(plant(purity, settings(wide))).toEqual([
        expect.stringContaining("packages/kernel/tsconfig.json:1 "),
      ]);
    }
  });

  it("binds neither tests, nor port doubles, nor apps", () => {
    const text = "const a = Date.now();";
    const files = [
      "packages/kernel/src/a.test.ts",
      "packages/kernel/src/testing/a.ts",
      "apps/cli/src/a.ts",
    ];
    for (const file of files) expect(plant(purity, { [file]: text })).toEqual([]);
  });
});

describe("types", () => {
  const bans: readonly (readonly [string, string])[] = [
    ["const a: any = 1;", "unknown"],
    ["const a = [1][0]!;", "claims what nobody checked"],
    ["enum A { B }", "union of strings"],
    ["export default function a() {}", "by its name"],
    ["const a = 1;\nexport default a;", "by its name"],
    ["const a = 1;\nexport { a as default };", "by its name"],
    ["@sealed class A {}", "decorators"],
    ["namespace A { export const b = 1; }", "module"],
    ["// @ts-ignore\nconst a = 1;", "@ts-ignore"],
    ["// @ts-expect-error\nconst a = 1;", "@ts-expect-error"],
  ];
  it.each(bans)("bans %s", (text, message) => {
    expect(plant(types, { [KERNEL]: text })).toEqual([expect.stringContaining(message)]);
  });

  it("lets the settings of tools use the tools' own way", () => {
    expect(plant(types, { "vitest.config.ts": "export default {};" })).toEqual([]);
  });
});

describe("casts", () => {
  const file = (count: number, lines: number): string =>
    "const a = b as C;\n".repeat(count) + "const a = 1;\n".repeat(lines - count);

  it("counts them for a whole workspace, as const excepted", () => {
    expect(plant(casts, { [KERNEL]: file(3, 100) })).toEqual([]);
    expect(plant(casts, { [KERNEL]: `${file(3, 100)}const c = [1] as const;` })).toEqual([]);
    const found = plant(casts, {
      [KERNEL]: file(2, 100),
      "packages/kernel/src/b.ts": file(2, 100),
    });
    expect(found).toHaveLength(4);
    expect(found[0]).toContain("one of 4 casts in 202 lines of packages/kernel, 3 are allowed");
  });

  it("allows as many more as the workspace is larger", () => {
    expect(plant(casts, { [KERNEL]: file(6, 2000) })).toEqual([]);
    expect(plant(casts, { [KERNEL]: file(8, 2000) })).toHaveLength(8);
  });
});

describe("size", () => {
  it("stops a file beyond 500 lines, a test beyond 1,000", () => {
    const text = "const a = 1;\n".repeat(501);
    expect(plant(size, { [KERNEL]: text })[0]).toContain("has 501 lines, the wall is 500");
    const test = "packages/kernel/src/a.test.ts";
    expect(plant(size, { [test]: text })).toEqual([]);
    expect(plant(size, { [test]: text + text })[0]).toContain("the wall is 1000");
    expect(plant(size, { [KERNEL]: "const a = 1;\n".repeat(500) })).toEqual([]);
  });

  it("stops a function beyond 70 lines, but not the chapters of a test", () => {
    const body = (lines: number): string => `\nfunction long() {\n${"f();\n".repeat(lines - 2)}}\n`;
    expect(plant(size, { [KERNEL]: body(71) })).toEqual([
      expect.stringContaining(`${KERNEL}:2 long has 71 lines`),
    ]);
    expect(plant(size, { [KERNEL]: body(70) })).toEqual([]);
    expect(plant(size, { "packages/kernel/src/a.test.ts": body(71) })).toEqual([]);
  });
});
