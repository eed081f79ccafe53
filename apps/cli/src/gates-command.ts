import { InvalidArgumentError, Option, type Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

const STAGES = ["plan", "build", "validate", "review", "release"] as const;

/** `swoosh gates …`: ladders and lifecycles of a repository. What does the work is loaded when it is asked for. */
export function addGatesCommand(program: Command, port: ConsolePort, finish: Finish): void {
  const gates = program
    .command("gates")
    .description(
      "maturity ladders and gated lifecycles: progress is what was mechanically enforced",
    );
  addRunning(gates, port, finish);
}

function level(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a level is a number from 0 to 15.");
  return Number(text);
}

function addRunning(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("run")
    .description(
      "run checks and their negatives, record the verdicts; exit 1 where something required fails",
    )
    .option("--level <n>", "this level alone", level)
    .addOption(
      new Option("--stage <stage>", "the gates of a stage of the lifecycle").choices(STAGES),
    )
    .option("--criterion <id>", "this criterion alone")
    .option(
      "--ci",
      "levels reached are required, the next one may fail, higher ones are left out; features are refused while a level is red",
      false,
    )
    .option("--all", "also what is scheduled and not due yet", false)
    .option("--base <ref>", "commits since this one are the change that is judged")
    .option("--repo <dir>", "the repository; the one of the current folder unless given")
    .option("--json", "one JSON object instead of text", false)
    .option("--quiet", "say nothing unless something fails", false)
    .action(async (options) => {
      const { runGatesRun } = await import("./gates/gates-run.ts");
      finish(await runGatesRun(port, options));
    });
  gates
    .command("status")
    .description("the ladder at a glance, from the log")
    .option("--repo <dir>", "the repository; the one of the current folder unless given")
    .option("--json", "{ladder, level, criteria: [{id, level, state, age_s, cause}]}", false)
    .option("--verbose", "every criterion, not only what is not well", false)
    .action(async (options) => {
      const { runGatesStatus } = await import("./gates/gates-status.ts");
      finish(await runGatesStatus(port, options));
    });
}
