import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { FileJournal } from "./file-journal.ts";
import { openFileJournal } from "./open-file-journal.ts";

/**
 * Records a second through the journal, and through the same writes and syncs by bare calls: what is between is encoding,
 * checksums, checks and promises. Both take turns, so that a slow moment of the machine falls on both alike.
 */
const BATCHES = [1, 16, 64, 256] as const;
const ROUNDS = 9;
/** Syncs of one round, fewer for the large batches. */
const TURNS = 400;
const RECORD = JSON.stringify({ text: "x".repeat(488) });
const SEGMENT_BYTES = 67_108_864;
/** Where bare writes begin again, as a journal does in its next segment. */
const BARE_BYTES = 33_554_432;

interface Bare {
  readonly file: number;
  offset: number;
}

function openBare(path: string): Bare {
  const file = fs.openSync(path, "wx+");
  fs.writeSync(file, Buffer.alloc(BARE_BYTES));
  fs.fsyncSync(file);
  return { file, offset: 0 };
}

function runBare(bare: Bare, count: number, turns: number): number {
  const start = performance.now();
  for (let turn = 0; turn < turns; turn += 1) {
    const bytes = Buffer.from(`${RECORD}\n`.repeat(count));
    if (bare.offset + bytes.length > BARE_BYTES) bare.offset = 0;
    fs.writeSync(bare.file, bytes, 0, bytes.length, bare.offset);
    fs.fdatasyncSync(bare.file);
    bare.offset += bytes.length;
  }
  return performance.now() - start;
}

async function runJournal(journal: FileJournal, count: number, turns: number): Promise<number> {
  const records = Array.from({ length: count }, () => RECORD);
  const start = performance.now();
  for (let turn = 0; turn < turns; turn += 1)
    await journal.append({ firstIndex: journal.size, records, term: journal.term });
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}

function perSecond(records: number, ms: readonly number[]): string {
  return Math.round((records * 1_000) / median(ms))
    .toLocaleString("en")
    .padStart(11);
}

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(join(tmpdir(), "swoosh-bench-"));
  try {
    const nodeId = new Uint8Array(32);
    const journal = await openFileJournal({
      folder: join(folder, "journal"),
      nodeId,
      segmentBytes: SEGMENT_BYTES,
    });
    const bare = openBare(join(folder, "bare"));
    process.stdout.write("records of 500 bytes   journal/s      bare/s   ratio   µs a batch\n");
    for (const count of BATCHES) {
      const turns = Math.ceil(TURNS / Math.sqrt(count));
      const [ours, theirs]: [number[], number[]] = [[], []];
      await runJournal(journal, count, turns);
      for (let round = 0; round < ROUNDS; round += 1) {
        theirs.push(runBare(bare, count, turns));
        ours.push(await runJournal(journal, count, turns));
      }
      const ratio = median(ours.map((ms, round) => (theirs[round] ?? ms) / ms));
      const records = count * turns;
      const batchUs = Math.round((median(ours) * 1_000) / turns);
      process.stdout.write(
        `batches of ${String(count).padStart(3)}      ${perSecond(records, ours)} ${perSecond(records, theirs)}   ${ratio.toFixed(2)}   ${batchUs}\n`,
      );
    }
    fs.closeSync(bare.file);
    await journal.close();
    const start = performance.now();
    const again = await openFileJournal({ folder: join(folder, "journal"), nodeId });
    const openMs = performance.now() - start;
    const { size } = again;
    const reading = performance.now();
    for (let at = 0; at < size; at += 256) await again.read(at, 256);
    const readMs = performance.now() - reading;
    process.stdout.write(
      `${size} records: opened in ${Math.round(openMs)} ms, all read in ${Math.round(readMs)} ms\n`,
    );
    await again.close();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

await main();
