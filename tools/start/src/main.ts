import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { tellStory, type Scene } from "./tell-story.ts";

/**
 * What `make start` shows: a chart is model-checked, then driven step by step, by the command line that users have.
 * (The demo server takes this place when there is one.)
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CHART = "examples/order/example-chart.yaml";
const EVENTS = "examples/order/example-events.jsonl";

const GIVEN_WIDTH = 56;

process.exitCode = main();

function main(): number {
  say(`swoosh chart check ${CHART}`);
  const check = swoosh("chart", "check", CHART);
  say(indent(`${check.stdout}${check.stderr}`.trim() || "clean"));
  if (check.code !== 0) return check.code;

  say(`\nswoosh chart run ${CHART} --events ${EVENTS}`);
  const run = swoosh("chart", "run", CHART, "--events", EVENTS);
  if (run.stdout === "") {
    say(indent(run.stderr.trim()));
    return run.code === 0 ? 1 : run.code;
  }
  for (const scene of tellStory(readFileSync(`${ROOT}/${EVENTS}`, "utf8"), run.stdout))
    say(printScene(scene));

  say(
    "\nBreak a copy of the chart and check it; `npx swoosh --help` lists the commands, `make help` the targets.",
  );
  return run.code;
}

function swoosh(...argv: readonly string[]): {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
} {
  const run = spawnSync(process.execPath, ["apps/cli/bin/swoosh.mjs", ...argv], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return {
    code: run.status ?? 3,
    stdout: run.stdout ?? "",
    stderr: run.stderr ?? String(run.error),
  };
}

function printScene(scene: Scene): string {
  const answer = scene.accepted ? paint("green", "yes") : paint("red", "no ");
  const [first = "", ...rest] = scene.outcome;
  const below = rest.map((change) => `${" ".repeat(GIVEN_WIDTH + 7)}${change}`);
  return [`  ${cut(scene.given).padEnd(GIVEN_WIDTH)} ${answer} ${first}`, ...below].join("\n");
}

function cut(text: string): string {
  return text.length <= GIVEN_WIDTH ? text : `${text.slice(0, GIVEN_WIDTH - 1)}…`;
}

/** Colours for a terminal that wants them. */
function paint(colour: "green" | "red", text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
