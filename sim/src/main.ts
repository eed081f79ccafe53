import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Beginning } from "./beginning.ts";
import { Ledger } from "./ledger.ts";
import { runSeed } from "./run-seed.ts";
import { SeedRun } from "./seed-run.ts";
import { WORLD_NAMES, worldBeginning, type WorldName } from "./world-beginning.ts";

const USAGE = `usage: node sim/src/main.ts [--seeds N] [--seed S] [--ledger FILE] [--world NAME]
  --seeds N      tries N seeds, from S on (SEEDS=N does the same); for ever unless given
  --seed S       begins with this seed (SEED=S); alone, plays it once and tells its story
  --ledger FILE  notes what was played there, and begins behind it (LEDGER=FILE); sim/ledger.jsonl, in other
                 worlds sim/ledger-NAME.jsonl, when run for ever; give each world a ledger of its own
  --world NAME   ${WORLD_NAMES.join(", ")} (WORLD=NAME)
`;

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${USAGE}`);
    return 2;
  }
  const beginning = await worldBeginning(options.world);
  if (options.isSingle) return playOne(beginning, options.from);
  const run = new SeedRun(beginning, {
    ...options,
    commit: commitNow(),
    write: (text) => process.stdout.write(text),
  });
  process.once("SIGINT", () => run.stop());
  process.once("SIGTERM", () => run.stop());
  return run.play();
}

interface Options {
  readonly from: number;
  readonly count: number;
  readonly isSingle: boolean;
  readonly ledger: Ledger | null;
  readonly world: WorldName;
}

/** What is asked for, or what about it cannot be understood. */
function readOptions(argv: readonly string[]): Options | string {
  const given = new Map<string, string | undefined>([
    ["--seed", process.env["SEED"]],
    ["--seeds", process.env["SEEDS"]],
    ["--ledger", process.env["LEDGER"]],
    ["--world", process.env["WORLD"]],
  ]);
  for (let at = 0; at < argv.length; at += 2) {
    const [name = "", value] = argv.slice(at, at + 2);
    if (!given.has(name)) return `"${name}" is no option`;
    if (value === undefined) return `"${name}" needs a value behind it`;
    given.set(name, value);
  }
  const [seed, seeds, path, named = "orders"] = given.values();
  const world = WORLD_NAMES.find((name) => name === named);
  if (world === undefined) return `"--world ${named}" is none of ${WORLD_NAMES.join(", ")}`;
  for (const [name, value] of [
    ["--seed", seed],
    ["--seeds", seeds],
  ])
    if (value !== undefined && !/^[1-9]\d{0,14}$/u.test(value))
      return `"${name} ${value}" is no whole number from 1 on`;
  const isForever = seed === undefined && seeds === undefined;
  const book = path ?? (isForever ? ledgerOf(world) : undefined);
  const ledger = book === undefined ? null : new Ledger(book);
  const from = Number(seed ?? ledger?.sum().next ?? 1);
  const count = isForever ? Number.MAX_SAFE_INTEGER - from : Number(seeds ?? 1);
  return { from, count, isSingle: seed !== undefined && seeds === undefined, ledger, world };
}

/** Each world has a ledger of its own: a seed is another run in each of them. */
function ledgerOf(world: WorldName): string {
  const name = world === "orders" ? "ledger.jsonl" : `ledger-${world}.jsonl`;
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

async function playOne(beginning: Beginning, seed: number): Promise<number> {
  const report = await runSeed(beginning, seed);
  process.stdout.write(`commit ${commitNow()}\n${report.story.join("\n")}\n`);
  return report.findings.length === 0 ? 0 : 1;
}

/** The commit of these sources, with `+` where they differ from it. */
function commitNow(): string {
  const git = (...argv: readonly string[]): string =>
    execFileSync("git", argv, { encoding: "utf8", cwd: import.meta.dirname }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short=12", "HEAD")}${isChanged ? "+" : ""}`;
  } catch {
    return "unknown";
  }
}

process.exitCode = await main(process.argv.slice(2));
