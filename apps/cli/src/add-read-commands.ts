import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** What every reading command takes. */
export interface ReadFlags {
  readonly url?: string;
  readonly data?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export interface StateFlags extends ReadFlags {
  readonly projection?: string;
  readonly at?: string;
}

export interface InstancesFlags extends ReadFlags {
  readonly chart?: string;
  readonly in?: string;
  readonly limit?: string;
}

export interface DecisionsFlags extends ReadFlags {
  readonly instance?: string;
  readonly transition?: string;
  readonly signer?: string;
  readonly since?: string;
  readonly limit?: string;
}

export interface WindowsFlags extends ReadFlags {
  readonly chart?: string;
  readonly beats?: string;
}

export interface WalkFlags extends ReadFlags {
  readonly depth?: string;
  readonly limit?: string;
}

export interface ShowDecisionFlags extends ReadFlags {
  readonly limit?: string;
  readonly template?: string;
}

/** `swoosh state`, `instances`, `explain`, `why` and `decisions`. */
export function addReadCommands(program: Command, port: ConsolePort, finish: Finish): void {
  reading(
    program
      .command("state")
      .description("what an instance is: its states, its context, what it waits for"),
  )
    .argument("<instance>", "chart/id")
    .option("--projection <names>", "only these projections of its chart, with commas between")
    .option("--at <index>", "the state after this record")
    .action(async (instance: string, flags: StateFlags) => {
      const { runState } = await import("./run-state.ts");
      finish(await runState(port, instance, flags));
    });
  reading(program.command("instances").description("what there is, by name"))
    .option("--chart <name>", "only instances of this chart")
    .option("--in <state>", "only those in this state, a path without the chart's name")
    .option("--limit <n>", "how many at most (100 unless given; --json gives all)")
    .action(async (flags: InstancesFlags) => {
      const { runInstances } = await import("./run-instances.ts");
      finish(await runInstances(port, flags));
    });
  reading(
    program
      .command("explain")
      .description("what each transition of an instance needs now, and who owes what"),
  )
    .argument("<instance>", "chart/id; one that does not exist is explained as its creation")
    .action(async (instance: string, flags: ReadFlags) => {
      const { runExplain } = await import("./run-explain.ts");
      finish(await runExplain(port, instance, flags));
    });
  reading(
    program
      .command("why")
      .description("how an instance came to be as it is: the cause chain from the log"),
  )
    .argument("<instance>", "chart/id")
    .action(async (instance: string, flags: ReadFlags) => {
      const { runWhy } = await import("./run-why.ts");
      finish(await runWhy(port, instance, flags));
    });
  const decisions = program.command("decisions").description("decision records, by index");
  addDecisionWalk(decisions, port, finish);
  addDecisionShow(decisions, port, finish);
  addWindows(program, port, finish);
  reading(decisions)
    .option("--instance <name>", "only of this instance")
    .option("--transition <name>", "only this transition")
    .option("--signer <key>", "only of this identity, hmmm:pubkey:…")
    .option("--since <index>", "from this record on")
    .option("--limit <n>", "how many at most (100 unless given)")
    .action(async (flags: DecisionsFlags) => {
      const { runDecisions } = await import("./run-decisions.ts");
      finish(await runDecisions(port, flags));
    });
}

function addWindows(program: Command, port: ConsolePort, finish: Finish): void {
  reading(
    program
      .command("windows")
      .description("which classes of transitions are open now, and when the tide lets them pass"),
  )
    .option("--chart <name>", "whose phase map and tide (project unless given)")
    .option("--beats <n>", "how far to look ahead (240 unless given)")
    .action(async (flags: WindowsFlags) => {
      const { runWindows } = await import("./run-windows.ts");
      finish(await runWindows(port, flags));
    });
}

function addDecisionWalk(decisions: Command, port: ConsolePort, finish: Finish): void {
  reading(
    decisions
      .command("walk")
      .description("what stands behind a decision: what it derives from, depends on, and names"),
  )
    .argument("<decision>", "index of its record, or its id")
    .option("--depth <n>", "how many edges back (3 unless given)")
    .option("--limit <n>", "how many at most (100 unless given)")
    // What stands before the word `walk` is meant for it too.
    .action(async (wanted: string, _flags: WalkFlags, command: Command) => {
      const { runDecisionsWalk } = await import("./run-decisions-walk.ts");
      finish(await runDecisionsWalk(port, wanted, command.optsWithGlobals()));
    });
}

function addDecisionShow(decisions: Command, port: ConsolePort, finish: Finish): void {
  reading(
    decisions
      .command("show")
      .description(
        "a decision as a page of Markdown, with what it follows from and what came of it",
      ),
  )
    .argument("<decision>", "index of its record, or its id")
    .option("--template <file>", "Markdown with {{fields}} (one for its kind unless given)")
    .option("--limit <n>", "links each way at most (20 unless given)")
    .action(async (wanted: string, _flags: ShowDecisionFlags, command: Command) => {
      const { runDecisionsShow } = await import("./run-decisions-show.ts");
      finish(await runDecisionsShow(port, wanted, command.optsWithGlobals()));
    });
}

/** What every one of them takes. */
function reading(command: Command): Command {
  return command
    .option(
      "--url <url>",
      "server (SWOOSH_URL; that of the data folder, else http://127.0.0.1:8080)",
    )
    .option(
      "--data <dir>",
      "straight from a data folder, read-only, also while a server runs on it",
    )
    .option("--key <file>", "key file to open a session with, for a server afar (SWOOSH_KEY)")
    .option("--json", "as the server says it, one JSON object a line");
}
