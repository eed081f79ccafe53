import type { Journal } from "@swoosh/kernel";
import type { Disk } from "../disk.ts";
import type { FileJournal } from "../file-journal.ts";
import { openFileJournal } from "../open-file-journal.ts";
import { nodeProcesses } from "../processes.ts";

export const NODE_ID = new Uint8Array(32).fill(9);

/** Opens a small journal, whose segments hold a few batches of `recordText`. */
export function openSmall(
  disk: Disk,
  about: { readonly folder?: string; readonly segmentBytes?: number } = {},
): Promise<FileJournal> {
  const { folder = "/journal", segmentBytes = 4_096 } = about;
  return openFileJournal({ disk, folder, nodeId: NODE_ID, segmentBytes, processes: nodeProcesses });
}

/** A record of a length that depends on its index, some longer than a sector. */
export function recordText(index: number): string {
  return JSON.stringify({ index, text: "é😀x".repeat((index * 7) % 90) });
}

export function recordTexts(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, at) => recordText(from + at));
}

/** Appends records up to `to`, in batches of `count`. */
export async function appendUpTo(journal: Journal, to: number, count: number): Promise<void> {
  while (journal.size < to) {
    const firstIndex = journal.size;
    const records = recordTexts(firstIndex, Math.min(to, firstIndex + count));
    await journal.append({ firstIndex, records, term: journal.term });
  }
}

/** What a writer was told, in the order in which it was told. */
export interface Told {
  /** Records whose append resolved. */
  acknowledged: number;
  /** Index of the last snapshot whose saving resolved, or -1. */
  snapshotIndex: number;
  evidence: boolean;
}

export const EVIDENCE = `sha256-${"e".repeat(64)}` as const;

export function chunkHash(index: number): string {
  return `sha256-${index.toString(16).padStart(64, "0")}`;
}

/** Everything that a journal does in its life: appends, rotation, snapshots, evidence, a clean stop, a second opening. */
export async function playLife(disk: Disk, told: Told): Promise<void> {
  const first = await openSmall(disk);
  await first.saveEvidence(EVIDENCE, '{"é":1}');
  told.evidence = true;
  for (const [to, count] of [
    [1, 1],
    [9, 3],
    [14, 5],
  ] as const) {
    await appendAndTell(first, told, { to, count });
    await saveSnapshotAt(first, told, to - 1);
  }
  await first.close();
  const second = await openSmall(disk);
  await appendAndTell(second, told, { to: 20, count: 2 });
  await saveSnapshotAt(second, told, 19);
  await second.close();
}

async function appendAndTell(
  journal: Journal,
  told: Told,
  about: { readonly to: number; readonly count: number },
): Promise<void> {
  while (journal.size < about.to) {
    await appendUpTo(journal, Math.min(about.to, journal.size + about.count), about.count);
    told.acknowledged = journal.size;
  }
}

export async function saveSnapshotAt(journal: Journal, told: Told, index: number): Promise<void> {
  const chunks = new Map([[chunkHash(index), `chunk of ${index}`]]);
  const manifest = `{"chunks":["${chunkHash(index)}"],"index":${index}}`;
  await journal.saveSnapshot({ index, manifest, chunks });
  told.snapshotIndex = index;
}

/** Why what is in the journal now is not what its writer was told; undefined where it is. */
export async function brokenPromise(journal: Journal, told: Told): Promise<string | undefined> {
  if (journal.size < told.acknowledged)
    return `${journal.size} records, but ${told.acknowledged} were acknowledged`;
  const texts = await journal.read(0, journal.size + 10);
  if (texts.length !== journal.size) return `${texts.length} texts of ${journal.size} records`;
  const wrong = texts.findIndex((text, index) => text !== recordText(index));
  if (wrong >= 0) return `record ${wrong} is not what was written`;
  if (told.evidence && (await journal.evidence(EVIDENCE)) !== '{"é":1}') return "evidence is lost";
  return brokenSnapshots(journal, told);
}

async function brokenSnapshots(journal: Journal, told: Told): Promise<string | undefined> {
  const indexes: number[] = [];
  for (const { manifest, chunk } of await journal.snapshots()) {
    const index = Number(/"index":(\d+)/u.exec(manifest)?.[1] ?? -1);
    if ((await chunk(chunkHash(index))) !== `chunk of ${index}`)
      return `the chunk of the snapshot at ${index} is lost`;
    indexes.push(index);
  }
  const newest = indexes[0] ?? -1;
  return newest < told.snapshotIndex ? `the snapshot at ${told.snapshotIndex} is lost` : undefined;
}
