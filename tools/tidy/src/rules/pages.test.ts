import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.ts";
import { docCommands } from "./doc-commands.ts";
import { docPaths } from "./doc-paths.ts";
import { errorPage } from "./error-page.ts";

describe("doc-paths", () => {
  const tree = { "packages/kernel/src/reduce.ts": "", "docs/errors.md": "", Makefile: "" };
  const page = (text: string) => plant(docPaths, { ...tree, "docs/a.md": `\n${text}` });

  it("finds a path, a file and a glob that lead nowhere", () => {
    for (const path of [
      "packages/kernel/src/gone.ts",
      "packages/gone",
      "gone.ts",
      "packages/*/gone.ts",
      "docs/gone/",
    ]) {
      expect(page(`see \`${path}\``)).toEqual([
        expect.stringContaining(`docs/a.md:2 \`${path}\` does not exist`),
      ]);
    }
  });

  it("accepts what is there, from the root, beside the page or by its bare name", () => {
    const good = [
      "packages/kernel",
      "packages/kernel/src/reduce.ts",
      "errors.md",
      "reduce.ts",
      "packages/*/src",
      "docs/",
    ];
    for (const path of good) expect(page(`see \`${path}\``)).toEqual([]);
  });

  it("knows instances, routes, packages, patterns and generated folders from paths", () => {
    const other = [
      "project/acme",
      "/healthz",
      "@swoosh/kernel",
      "thing.aspect.test.ts",
      "node_modules/.bin",
      "x > y",
    ];
    for (const text of other) expect(page(`see \`${text}\``)).toEqual([]);
  });
});

describe("doc-commands", () => {
  const tree = {
    Makefile: "start: x\n\t@true\nVARIABLE := 1\n",
    "package.json": JSON.stringify({ scripts: { format: "oxfmt" } }),
    "apps/cli/src/chart-command.ts": `
      const chart = program.command("chart").description("charts");
      chart.command("check <file>").description("check");
      program.command("doctor");`,
  };
  const page = (text: string) => plant(docCommands, { ...tree, "README.md": text });

  it("finds targets, scripts and commands that are not there", () => {
    expect(page("`make gone`")).toEqual([expect.stringContaining("make gone is no target")]);
    expect(page("`make VARIABLE` and `npm run gone`")).toEqual([
      expect.stringContaining("npm run gone"),
    ]);
    expect(page("```\nnpx swoosh gone\n```")).toEqual([
      expect.stringContaining("swoosh gone is no command"),
    ]);
    expect(page("`swoosh chart gone`")).toEqual([expect.stringContaining("swoosh chart gone")]);
    expect(page("`swoosh chart check|gone`")).toEqual([
      expect.stringContaining("swoosh chart gone"),
    ]);
    expect(page("`cd x && make gone`")).toHaveLength(1);
  });

  it("accepts real ones, with arguments or without", () => {
    const text =
      "`make start`, `npm run format`, `npx swoosh chart check a.yaml`, `swoosh doctor --json`, `swoosh`";
    expect(page(text)).toEqual([]);
  });

  it("takes prose for prose", () => {
    expect(page("They make progress and swoosh by.")).toEqual([]);
  });
});

describe("error-page", () => {
  const source = {
    "packages/kernel/src/refusal.ts":
      'export const REFUSAL_CODES = [\n"fenced",\n"ended",\n] as const;',
  };
  const rows = (...codes: readonly string[]): string =>
    `# Errors\n\n## Refusals\n\n| code | meaning |\n|---|---|\n${codes.map((code) => `| \`${code}\` | x |`).join("\n")}\n\n## Others\n\n| \`other\` | x |\n`;
  const check = (...codes: readonly string[]) =>
    plant(errorPage, { ...source, "docs/errors.md": rows(...codes) });

  it("accepts exactly the codes, in their order", () => {
    expect(check("fenced", "ended")).toEqual([]);
  });

  it("finds a code that is missing, one too many, and another order", () => {
    expect(check("fenced")).toEqual([
      expect.stringContaining("packages/kernel/src/refusal.ts:3 ended is not in"),
    ]);
    expect(check("fenced", "ended", "gone")).toEqual([
      expect.stringContaining("docs/errors.md:9 gone is no code"),
    ]);
    expect(check("ended", "fenced")).toEqual([expect.stringContaining("keep the order")]);
  });
});

describe("error-page, unions", () => {
  it("reads the codes of a union of strings", () => {
    const file = "packages/kernel/src/engine/journal-error.ts";
    const sources = { [file]: 'export type JournalErrorCode = "full" | "term";' };
    const page = { "docs/errors.md": "## Journal errors\n\n| `full` | x |" };
    expect(plant(errorPage, { ...sources, ...page })).toEqual([
      expect.stringContaining(`${file}:1 term is not in`),
    ]);
  });
});

describe("error-page, chart problems", () => {
  const page = (...codes: readonly string[]): string =>
    `## Chart problems\n\n${codes.map((code) => `| \`${code}\` | x |`).join("\n")}\n`;

  it("gathers codes from reports, values and choices, in any order", () => {
    const sources = {
      "packages/kernel/src/chart/a.ts":
        'problems.error("one", [], "x");\nconst a = { code: "two" };',
      "packages/kernel/src/check/b.ts": 'problems.warning(deep ? "three" : "one", [], "x");',
      "packages/kernel/src/chart/a.test.ts": 'problems.error("not_this", [], "x");',
    };
    expect(plant(errorPage, { ...sources, "docs/errors.md": page("three", "two", "one") })).toEqual(
      [],
    );
    const found = plant(errorPage, { ...sources, "docs/errors.md": page("two", "one", "gone") });
    expect(found).toEqual([
      expect.stringContaining("packages/kernel/src/check/b.ts:1 three is not in"),
      expect.stringContaining("docs/errors.md:5 gone is no code"),
    ]);
  });
});
