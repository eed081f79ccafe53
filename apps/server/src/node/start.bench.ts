import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fillFolder } from "./bench/fill-folder.ts";
import { dataFolder } from "./data-folder.ts";

/**
 * How long a start takes: with a snapshot 10,000 records behind, the same without key files, and without a snapshot. Each
 * start is a process of its own, which is killed afterwards. The log is made first, by the real engine: about 150 µs a
 * record. `SWOOSH_BENCH_RECORDS=1000003` is what the bars are about. `SWOOSH_BENCH_START_PROFILE=FILE`: one start more without
 * a snapshot, of which a CPU profile goes there; `../http/bench/shares.ts --replay` reads it.
 */
const RECORDS = Number(process.env["SWOOSH_BENCH_RECORDS"] ?? 100_003);
const ROUNDS = Number(process.env["SWOOSH_BENCH_ROUNDS"] ?? 3);
const PROFILE = process.env["SWOOSH_BENCH_START_PROFILE"];
const BEHIND = 10_000;

interface Opened {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly sinceBirthMs: number;
  readonly size: number;
  readonly replayed: number;
  readonly rssBytes: number;
}

function open(folder: string, profile: readonly string[] = []): Promise<Opened> {
  const opening = fileURLToPath(new URL("bench/opened.ts", import.meta.url));
  const child = fork(opening, [folder, ...profile]);
  return new Promise((resolve, reject) => {
    let opened: Opened | undefined;
    child.once("message", (told: Opened) => {
      opened = told;
      child.disconnect();
    });
    child.once("exit", (code) =>
      opened === undefined ? reject(new Error(`the start ended with ${code}`)) : resolve(opened),
    );
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const spread = (values: readonly number[]): string =>
  `${Math.round(median(values))} (${values.map(Math.round).join(", ")})`;

/** Starts a few times, each after `before`, and prints one line. */
async function measure(name: string, folder: string, before: () => void): Promise<void> {
  const runs: Opened[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    before();
    runs.push(await open(folder));
  }
  const [first] = runs;
  const replayed = first?.replayed ?? 0;
  const cpuMs = runs.map((run) => run.cpuMs);
  process.stdout.write(
    [
      `${name}: ${first?.size} records, ${replayed} replayed`,
      `  ms to open, median (all)          ${spread(runs.map(({ wallMs }) => wallMs))}`,
      `  ms since the process began        ${spread(runs.map(({ sinceBirthMs }) => sinceBirthMs))}`,
      `  ms of CPU to open                 ${spread(cpuMs)}`,
      `  µs of CPU a replayed record       ${((median(cpuMs) * 1_000) / Math.max(1, replayed)).toFixed(1)}`,
      `  memory, MiB                       ${spread(runs.map(({ rssBytes }) => rssBytes / 2 ** 20))}`,
      "",
    ].join("\n"),
  );
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-bench-"));
  try {
    const folder = join(root, "data");
    await fillFolder(folder, { records: RECORDS, behind: BEHIND });
    const { journal } = dataFolder(folder);
    const log = join(journal, "log");
    const dropKeys = (): void => {
      for (const name of readdirSync(log)) if (name.endsWith(".keys")) rmSync(join(log, name));
    };
    await measure("with a snapshot", folder, () => {});
    await measure("with a snapshot, without key files", folder, dropKeys);
    for (const name of readdirSync(join(journal, "snapshots")))
      rmSync(join(journal, "snapshots", name));
    await measure("without a snapshot", folder, () => {});
    if (PROFILE !== undefined) await open(folder, [PROFILE]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await main();
