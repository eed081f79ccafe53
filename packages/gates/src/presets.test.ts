import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingsOf, presetOf, PRESETS } from "./presets.ts";
import { readReport } from "./read-report.ts";

const recorded = (name: string): string =>
  readFileSync(new URL(`test/recorded/${name}.txt`, import.meta.url), "utf8");

describe("presets, by what their tools printed", () => {
  it.each([
    ["ruff", "src/sums.py:1:8: F401 [*] `os` imported but unused"],
    ["flake8", "src/sums.py:1:1: F401 'os' imported but unused"],
    [
      "mypy",
      'src/sums.py:5: error: Incompatible return value type (got "str", expected "int")  [return-value]',
    ],
    [
      "pyright",
      '/project/src/sums.py:5:12 - error: Type "str" is not assignable to return type "int"',
    ],
    ["pytest", "tests/test_sums.py::test_adds - AssertionError: assert '3' == 3"],
    [
      "mkdocs",
      "WARNING  -  Documentation file 'index.md' contains a link to 'none.md' which is not found in the documentation files.",
    ],
    ["tsc", "b.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'."],
    ["oxlint", "! eslint(no-debugger): `debugger` statement is not allowed"],
    ["node-test", "subtracts"],
    ["vitest", "adds 20ms"],
  ])("%s", (name, first) => {
    const preset = presetOf(name);
    if (preset === undefined) throw new Error(`no preset ${name}`);
    expect(findingsOf(preset, recorded(name), 5)[0]).toBe(first);
    expect(findingsOf(preset, "all is well\n", 5)).toEqual([]);
  });

  it("reads the report of node --test", () => {
    expect(readReport("tap", recorded("node-test"))).toMatchObject({ passed: 1, failed: 1 });
  });

  it("reads the JUnit report that pytest writes for its preset", () => {
    const report = readReport("junit", recorded("pytest-junit"));
    expect(report).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ name: expect.stringContaining("test_adds") }],
    });
  });

  it("have names of their own, and patterns that compile", () => {
    expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
    for (const { finding } of PRESETS) expect(() => new RegExp(finding)).not.toThrow();
  });
});
