import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const CASES = new URL("../cases/", import.meta.url);
const EXAMPLE = fileURLToPath(
  new URL("../../../examples/order/example-chart.yaml", import.meta.url),
);

/** The example lies in it as `chart.yaml`, so that messages name a short path. */
const folder = mkdtempSync(join(tmpdir(), "swoosh-cases-"));
const before = process.cwd();
process.chdir(folder);
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A case is a story, an empty line, `swoosh …`, then changes to a copy of the example (`- ` a text that stands there once,
 * `+ ` what takes its place), lines typed (`> `), `----`, and all that is printed: standard output, `err:` before standard
 * error, the exit code. `SWOOSH_UPDATE=1` writes the latter.
 */
async function play(head: string): Promise<string> {
  const [command = "", ...lines] = head
    .slice(head.indexOf("\n\n") + 2)
    .trimEnd()
    .split("\n");
  copyFileSync(EXAMPLE, "chart.yaml");
  let text = readFileSync("chart.yaml", "utf8");
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("- ")) continue;
    const from = line.slice(2);
    expect(text.split(from).length - 1, `"${from}" stands once`).toBe(1);
    const next = lines[index + 1] ?? "";
    text = text.replace(from, () => (next.startsWith("+ ") ? next.slice(2) : ""));
  }
  writeFileSync("chart.yaml", text);
  const stdin = lines.filter((line) => line.startsWith("> ")).map((line) => line.slice(2));
  const argv = command.split(" ").slice(1);
  const { code, out, err } = await runSwoosh(argv, new CapturedConsole({ stdin }));
  return `${out}${err === "" ? "" : `err:\n${err}`}exit ${String(code)}\n`;
}

describe("what a newcomer reads", () => {
  it.each(readdirSync(CASES))("%s", async (name) => {
    const file = new URL(name, CASES);
    const [head = "", output = ""] = readFileSync(file, "utf8").split("----\n");
    const played = await play(head);
    if (process.env["SWOOSH_UPDATE"] === "1") writeFileSync(file, `${head}----\n${played}`);
    else expect(played).toBe(output);
  });
});
