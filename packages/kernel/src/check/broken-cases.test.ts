import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadChart } from "../chart/load-chart.ts";
import { withHash } from "../chart/compile-chart.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import type { ChartProblem } from "../chart/normal-chart.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { checkChart } from "./check-chart.ts";

const ROOT = new URL("../../../../", import.meta.url);
const CASES = new URL("../../cases/", import.meta.url);

/**
 * A case is a story, an empty line, `check <file>`, the changes to a copy of it (`- ` lines that stand there once, `+ `
 * lines that take their place), `----`, and what the check says, notes left out. `SWOOSH_UPDATE=1` writes the latter.
 */
interface Case {
  readonly head: string;
  readonly file: string;
  readonly changes: readonly (readonly [from: string, to: string])[];
  readonly output: string;
}

function readCase(text: string): Case {
  const [head = "", output = ""] = text.split("----\n");
  const lines = head.trimEnd().split("\n");
  const command = lines.findIndex((line) => line.startsWith("check "));
  const changes: [string, string][] = [];
  let isOpen = false;
  for (const line of lines.slice(command + 1)) {
    const [sign, words] = [line.slice(0, 2), line.slice(2)];
    if (sign !== "- " && sign !== "+ ") throw new Error(`no change: ${line}`);
    const last = changes.at(-1);
    if (sign === "+ " && last !== undefined) last[1] += last[1] === "" ? words : `\n${words}`;
    else if (isOpen && last !== undefined) last[0] += `\n${words}`;
    else changes.push([words, ""]);
    isOpen = sign === "- ";
  }
  return { head, file: lines[command]?.slice("check ".length) ?? "", changes, output };
}

function changed(text: string, changes: Case["changes"]): string {
  return changes.reduce((whole, [from, to]) => {
    expect(whole.split(from).length - 1, `"${from}" stands once`).toBe(1);
    return whole.replace(from, to);
  }, text);
}

function problemsOf(text: string): readonly ChartProblem[] {
  const { value, positions, problems } = parseYaml(text);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  const loaded = loadChart(value, { natives: createNativeRegistry([]), positions });
  if (loaded.unhashed === undefined) return loaded.problems;
  return [...loaded.problems, ...checkChart(withHash(nodeHasher, loaded.unhashed), positions)];
}

function outputOf(problems: readonly ChartProblem[]): string {
  const told = problems.filter(({ severity }) => severity !== "note");
  if (told.length === 0) return "clean\n";
  return told
    .map(({ severity, code, message, line, column, trace = [] }) => {
      const steps = trace.map((step, index) => `    ${index + 1}. ${step}\n`).join("");
      return `${String(line)}:${String(column)}: ${severity}: ${message} [${code}]\n${steps}`;
    })
    .join("");
}

describe("a newcomer breaks the order example", () => {
  const names = readdirSync(CASES).filter((name) => /^broken-.*\.txt$/.test(name));

  it("in many ways", () => {
    expect(names.length).toBeGreaterThanOrEqual(5);
  });

  it.each(names)("%s", (name) => {
    const file = new URL(name, CASES);
    const one = readCase(readFileSync(file, "utf8"));
    const output = outputOf(
      problemsOf(changed(readFileSync(new URL(one.file, ROOT), "utf8"), one.changes)),
    );
    if (process.env["SWOOSH_UPDATE"] === "1") writeFileSync(file, `${one.head}----\n${output}`);
    else expect(output).toBe(one.output);
  });
});
