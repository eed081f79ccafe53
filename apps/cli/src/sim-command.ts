import { InvalidArgumentError, type Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** The options of `sim` as commander gives them. */
export interface SimFlags {
  readonly seeds: number;
  readonly seed: number;
  readonly invariant: readonly string[];
  readonly script?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const SEEDS = 100;

/** `swoosh sim`: charts on a simulated node that crashes, forgets and is lied to. */
export function addSimCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("sim")
    .description(
      "play charts under crashes, failing disks and lying clients; exit 1 where something breaks",
    )
    .argument("<chart...>", "YAML files; charts of one call know each other")
    .option("--seeds <n>", "how many runs, each with luck of its own", readCount, SEEDS)
    .option("--seed <n>", "the first of them", readCount, 1)
    .option(
      "--invariant <cel>",
      "what must hold in every state, over context, config, at and In('State'); may be repeated",
      (one: string, before: readonly string[]) => [...before, one],
      [],
    )
    .option(
      "--script <file>",
      'lines {"instance":"…","transition":"…","inputs":{…},"by":"…"} instead of random wishes',
    )
    .option("--html <file>", "write the failing run, or the last one, as a page")
    .option("--quiet", "say nothing of progress")
    .option("--json", "one JSON object instead of text")
    .action(async (files: string[], flags: SimFlags) => {
      const { runSim } = await import("./run-sim.ts");
      finish(await runSim(port, files, flags));
    });
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError("It takes a whole number from 1 to 999999999.");
  return Number(text);
}
