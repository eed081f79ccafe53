import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Told } from "./journal-play.ts";
import { readTrace, traceArgs } from "./read-trace.ts";
import type { DiskContents, TracedAct } from "./traced-disk.ts";

const PROGRAM = fileURLToPath(new URL("level-life.ts", import.meta.url));

export interface LevelLife {
  /** How many times it is opened. */
  readonly openings: number;
  readonly size: "small" | "large";
  /** What it finds in its folder. */
  readonly before: DiskContents;
}

/** Lets a real process live (`level-life.ts`), and gives back all that it did to its folder. */
export async function traceLevelLife(
  place: string,
  { before, openings, size }: LevelLife,
): Promise<readonly TracedAct[]> {
  const folder = join(place, "life");
  putContents(folder, before);
  const log = join(place, "trace");
  const life = [process.execPath, PROGRAM, folder, String(openings), size];
  await promisify(execFile)("strace", [...traceArgs(log), ...life]);
  return readTrace(readFileSync(log, "utf8"), folder);
}

/** Makes the folder be what a disk has. */
export function putContents(folder: string, contents: DiskContents): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of contents) writeFileSync(join(folder, name), bytes);
}

/** What the process had told by then; a journal that is open has promised what it has. */
export function hear(told: Told, act: TracedAct): void {
  if (act.kind !== "said") return;
  const [word, number] = act.line.split(" ");
  if (word === "ack" || word === "open") told.acknowledged = Number(number);
  if (word === "snapshot") told.snapshotIndex = Number(number);
  if (word === "evidence") told.evidence = true;
}

/** Every size that the journal has between two batches. */
export function sizesIn(acts: readonly TracedAct[]): ReadonlySet<number> {
  const told: Told = { acknowledged: 0, snapshotIndex: -1, evidence: false };
  const sizes = acts.map((act) => {
    hear(told, act);
    return told.acknowledged;
  });
  return new Set([0, ...sizes]);
}
