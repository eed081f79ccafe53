import { Argument, type Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

const NAMES = [
  "audit",
  "clean-boot",
  "compression",
  "contracts",
  "docstrings",
  "event-log",
  "front-matter",
  "json",
  "kill-and-recover",
  "licences",
  "links",
  "memory",
  "performance",
  "secrets",
  "spec-drift",
  "yaml",
];

/** `swoosh gates check NAME`: the gates that ship. */
export function addGatesCheckCommand(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("check")
    .description("one of the gates that ship; exit 1 where it finds something")
    .addArgument(new Argument("<name>", "which one").choices(NAMES))
    .argument("[words...]", "files or globs, or a command behind --")
    .option("--parameters", "docstrings: comments also name every parameter")
    .option("--schema <file>", "yaml, event-log: the shape that is asked for")
    .option("--monotone <field>", "event-log: a field that must grow from line to line")
    .option(
      "--baseline <file>",
      "performance: samples to compare with; compression: glob of full-state dumps",
    )
    .option("--tolerance <share>", "performance: how much slower is let pass (0.1)")
    .option("--higher <metric...>", "performance: metrics of which more is better")
    .option("--seed <n>", "performance: of the bootstrap (1)")
    .option("--at-least <ratio>", "compression: how many times smaller (2)")
    .option("--budget <size>", "memory: 512MiB")
    .option(
      "--url <url>",
      "clean-boot, kill-and-recover: where the program answers; {port} is a free port, {data} an empty folder",
    )
    .option("--within <duration>", "how long it may take (30s; memory 10m)")
    .option("--expect <text>", "clean-boot, kill-and-recover: what the answer must hold")
    .option("--verify <command>", "kill-and-recover: must end with 0 after the recovery")
    .option("--allow <licence...>", "licences: instead of the built-in list")
    .option("--except <package...>", "licences: packages that are not asked")
    .option("--advisories <file>", "audit: JSON list of {package, vulnerable, id}")
    .option("--repo <dir>", "the repository; the one of the current folder unless given")
    .option("--json", "the findings as JSON", false)
    .action(async (name: string, words: string[], options) => {
      const { runGatesCheck } = await import("./gates/gates-check.ts");
      finish(await runGatesCheck(port, name, { ...options, words }));
    });
}
