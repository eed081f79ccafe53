import { Argument, InvalidArgumentError, Option, type Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";
import type { TaskAct } from "./gates/gates-task.ts";
import { addGatesCheckCommand } from "./gates-check-command.ts";

const STAGES = ["plan", "build", "validate", "review", "release"] as const;
const SEVERITIES = ["P0", "P1", "P2", "P3"] as const;
const REPO = [
  "--repo <dir>",
  "the repository; the one of the current folder unless given",
] as const;
const URL_OPTION = [
  "--url <url>",
  "a running server's log instead of the repository's own (SWOOSH_GATES_URL)",
] as const;
const KEY = [
  "--key <file>",
  "the person's Ed25519 key (PKCS#8 PEM); the operator's of this log unless given",
] as const;

/** `swoosh gates …`: ladders and lifecycles of a repository. What does the work is loaded when it is asked for. */
export function addGatesCommand(program: Command, port: ConsolePort, finish: Finish): void {
  const gates = program
    .command("gates")
    .description(
      "maturity ladders and gated lifecycles: progress is what was mechanically enforced",
    );
  addRunning(gates, port, finish);
  addReading(gates, port, finish);
  addPeople(gates, port, finish);
  addTask(gates, port, finish);
  addWriting(gates, port, finish);
  addEnvironment(gates, port, finish);
  addGatesCheckCommand(gates, port, finish);
}

function level(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a level is a number from 0 to 15.");
  return Number(text);
}

function phase(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a phase is a number from 0 to 99.");
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
      "levels reached are required, the next may fail, higher ones are left out; features wait while a level is red",
      false,
    )
    .option(
      "--reached <n>",
      "with --ci: levels up to this one were reached, whatever this log knows",
      level,
    )
    .option("--all", "also what is scheduled and not due yet", false)
    .option("--base <ref>", "commits since this one are the change that is judged")
    .option("--key <file>", "with --url: an operator's key, which registers the runner once")
    .option(...REPO)
    .option(...URL_OPTION)
    .option("--json", "one JSON object instead of text", false)
    .option("--quiet", "say nothing unless something fails", false)
    .action(async (options) => {
      const { runGatesRun } = await import("./gates/gates-run.ts");
      finish(await runGatesRun(port, options));
    });
  gates
    .command("watch")
    .description("run what is due: on new commits, on schedule, when evidence expires; P0 ends it")
    .option("--once", "look once and end", false)
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (options) => {
      const { runGatesWatch } = await import("./gates/gates-watch.ts");
      finish(await runGatesWatch(port, options));
    });
}

function addReading(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("status")
    .description("the ladder at a glance, from the log")
    .option(...REPO)
    .option(...URL_OPTION)
    .option("--json", "{ladder, level, criteria: [{id, level, state, age_s, cause}]}", false)
    .option("--verbose", "every criterion, not only what is not well", false)
    .action(async (options) => {
      const { runGatesStatus } = await import("./gates/gates-status.ts");
      finish(await runGatesStatus(port, options));
    });
  gates
    .command("explain")
    .description("what a criterion asks, how it stands and why, and its evidence")
    .argument("<criterion>", "its id")
    .option(...REPO)
    .option(...URL_OPTION)
    .option("--json", "what is recorded, and the evidence itself", false)
    .action(async (criterion: string, options) => {
      const { runGatesExplain } = await import("./gates/gates-explain.ts");
      finish(await runGatesExplain(port, { ...options, criterion }));
    });
}

function addPeople(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("advance")
    .description(
      "take the next level, or stage; refused unless it is mechanically true and the people who are asked have signed",
    )
    .option("--verify <file...>", "sign a manual verification with these attachments")
    .option("--vote", "sign a vote for the next level", false)
    .option("--stage", "the lifecycle's next stage instead of the ladder's next level", false)
    .addOption(
      new Option("--approve <stage>", "sign the plan or the review").choices(["plan", "review"]),
    )
    .option(...KEY)
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (options) => {
      const { runGatesAdvance } = await import("./gates/gates-advance.ts");
      finish(await runGatesAdvance(port, options));
    });
  gates
    .command("halt")
    .description("declare uncertainty: the lifecycle stops until a person resumes it")
    .addOption(
      new Option("--severity <severity>", "P0 stops everything")
        .choices(SEVERITIES)
        .makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "what is uncertain")
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (options) => {
      const { runGatesHalt } = await import("./gates/gates-halt.ts");
      finish(await runGatesHalt(port, options));
    });
  gates
    .command("resume")
    .description("go on after a halt; signed by a person")
    .requiredOption("--reason <text>", "why it is well again")
    .option(...KEY)
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (options) => {
      const { runGatesResume } = await import("./gates/gates-halt.ts");
      finish(await runGatesResume(port, options));
    });
}

const TASK_ACTS: readonly (TaskAct | "new")[] = [
  "new",
  "specify",
  "approve",
  "begin",
  "finish",
  "drop",
  "show",
];

function addTask(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("task")
    .description(
      "write the specification of an atomic task, and take it to done, on fresh verdicts of its acceptance criteria; people approve and drop",
    )
    .addArgument(new Argument("<act>", "what is done with it").choices(TASK_ACTS))
    .argument("<file>", "the specification: Markdown with front matter")
    .option("--reason <text>", "drop: why")
    .option("--accept <id...>", "new: criteria and gates that show that it is done")
    .option(
      "--test <name...>",
      "new: rows of TEST-MATRIX.md, or commands; those of --accept unless given",
    )
    .option("--title <text>", "new: what it is called; made of the file's name unless given")
    .option("--phase <n>", "new: the phase that it belongs to", phase)
    .option("--depends <id...>", "new: tasks that come before it")
    .option(...KEY)
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (act: TaskAct | "new", file: string, options) => {
      if (act === "new") {
        const { runTaskNew } = await import("./gates/gates-task-new.ts");
        return finish(await runTaskNew(port, file, options));
      }
      const { runGatesTask } = await import("./gates/gates-task.ts");
      finish(await runGatesTask(port, act, file, options));
    });
}

function addWriting(gates: Command, port: ConsolePort, finish: Finish): void {
  gates
    .command("init")
    .description(
      "look at the repository, propose a ladder and a lifecycle, write the living documents; what is there stays",
    )
    .option("--print", "print the proposed ladder and write nothing", false)
    .option(...REPO)
    .action(async (options) => {
      const { runGatesInit } = await import("./gates/gates-init.ts");
      finish(await runGatesInit(port, options));
    });
  gates
    .command("report")
    .description("write MATURITY.md, TEST-MATRIX.md, level reports and badges from the log")
    .option("--check", "write nothing; exit 1 where a document is not what the log says", false)
    .option(...REPO)
    .option(...URL_OPTION)
    .action(async (options) => {
      const { runGatesReport } = await import("./gates/gates-report.ts");
      finish(await runGatesReport(port, options));
    });
  gates
    .command("ci")
    .description("print a CI workflow: one job a level, each needing the one before")
    .option("--write", "write it to .github/workflows", false)
    .option("--check", "write nothing; exit 1 where the file is not what the ladder says", false)
    .option(
      "--aliases",
      "write make targets, npm scripts and scripts/ci for the levels instead",
      false,
    )
    .option("--command <command>", "how CI calls this program", "npx swoosh")
    .option(
      "--reached <n>",
      "the highest level that is required; unless given, what log, badge or the workflow itself say",
      level,
    )
    .option(...REPO)
    .action(async (options) => {
      const { runGatesCi } = await import("./gates/gates-ci.ts");
      finish(await runGatesCi(port, options));
    });
  gates
    .command("gap")
    .description(
      "record a gap found from above: an open red criterion, closed only by a check with a negative",
    )
    .requiredOption("--level <n>", "the level that has it", level)
    .requiredOption("--title <text>", "what is missing")
    .option("--id <id>", "its id; made from the title unless given")
    .option(...REPO)
    .action(async (options) => {
      const { runGatesGap } = await import("./gates/gates-gap.ts");
      finish(await runGatesGap(port, options));
    });
  gates
    .command("lock")
    .description(
      "agree to the contracts as they are; what breaks one needs a person's key and a reason",
    )
    .option("--key <file>", "the key of the person who decides")
    .option("--reason <text>", "why it may break")
    .option(...REPO)
    .action(async (options) => {
      const { runGatesLock } = await import("./gates/gates-lock.ts");
      finish(await runGatesLock(port, options));
    });
}

function addEnvironment(gates: Command, port: ConsolePort, finish: Finish): void {
  const env = gates.command("env").description("the machine that results were made on");
  env
    .command("compare")
    .description(
      "this machine against the golden one of REPLICATION-NOTES.md; exit 1 where they differ",
    )
    .option(...REPO)
    .option("--json", "the differences as JSON", false)
    .action(async (options) => {
      const { runGatesEnvCompare } = await import("./gates/gates-env.ts");
      finish(await runGatesEnvCompare(port, options));
    });
  gates
    .command("plant")
    .description(
      "run a command in a copy of the repository with one defect planted; ends as the command ends",
    )
    .argument("<file>", "the file that gets the defect; made where it is missing")
    .argument("<command...>", "what to run, behind --")
    .option("--append <text>", "a line more at its end")
    .option("--prepend <text>", "a line more at its beginning")
    .option("--replace <from=>to>", "the first FROM becomes TO")
    .option("--remove", "take the file away", false)
    .option(...REPO)
    .action(async (file: string, command: string[], options) => {
      const { runGatesPlant } = await import("./gates/gates-plant.ts");
      finish(await runGatesPlant(port, { ...options, file, command }));
    });
}
