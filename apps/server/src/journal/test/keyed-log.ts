import type { KeyDigest } from "@swoosh/kernel";
import { digestOfKey } from "@swoosh/kernel";
import { hasher } from "../../hasher.ts";
import type { Disk } from "../disk.ts";
import type { FileJournal } from "../file-journal.ts";
import { openFileJournal } from "../open-file-journal.ts";
import { NODE_ID } from "./journal-play.ts";

/** As much of a record as an index of keys looks at; null is a key of the engine's own. */
export function keyedText(index: number, key: string | null): string {
  const proposal = { idem_key: key ?? `@:${index}:@timer:0`, instance: "a/b" };
  return JSON.stringify({ index, inputs: { idem_key: "not this" }, proposal, v: 1 });
}

export function digestOf(key: string): KeyDigest {
  const digest = digestOfKey(hasher, key);
  if (digest === null) throw new Error(`${key} is a key of the engine`);
  return digest;
}

/** A journal, and what it noted while it was opened and used. */
export interface Keyed {
  readonly journal: FileJournal;
  readonly notes: string[];
}

export async function openKeyed(disk: Disk, folder: string): Promise<Keyed> {
  const notes: string[] = [];
  const journal = await openFileJournal({
    disk,
    folder,
    nodeId: NODE_ID,
    segmentBytes: 4_096,
    onNote: (note) => notes.push(note),
  });
  return { journal, notes };
}

/** Appends `count` records, in batches of ten, and adds their keys as an engine would. */
export async function appendKeyed(
  journal: FileJournal,
  about: { readonly log: string; readonly count: number },
): Promise<void> {
  const keys = await journal.keys();
  const to = journal.size + about.count;
  while (journal.size < to) {
    const firstIndex = journal.size;
    const count = Math.min(10, to - firstIndex);
    const names = Array.from({ length: count }, (_, at) => `${about.log}:1:a:${firstIndex + at}`);
    const records = names.map((key, at) => keyedText(firstIndex + at, key));
    await journal.append({ firstIndex, records, term: journal.term });
    for (const name of names) keys.add(digestOf(name));
  }
}

/** The first index whose key is not found where it belongs, or is found though it was never there. */
export async function firstWrongKey(
  journal: FileJournal,
  log: string,
): Promise<number | undefined> {
  const keys = await journal.keys();
  for (let index = 0; index < journal.size; index += 1) {
    if (keys.find(digestOf(`${log}:1:a:${index}`)) !== index) return index;
    if (keys.find(digestOf(`${log}:2:a:${index}`)) !== undefined) return index;
  }
  return undefined;
}
