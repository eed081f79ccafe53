import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { JournalError } from "@swoosh/kernel";
import { LevelJournal } from "../level-journal.ts";
import { openLevelStore } from "../level-store.ts";
import { keyAt, manifestAt, RECORDS, textAt, type Damage, type Look } from "./damaged-level.ts";
import { chunkHash, EVIDENCE } from "./journal-play.ts";
import { digestOf } from "./keyed-log.ts";
import { putContents } from "./trace-level-life.ts";
import type { DiskContents } from "./traced-disk.ts";

const RECORDS_MAX = RECORDS + 3;
const TEXTS = Array.from({ length: RECORDS_MAX }, (_, index) => textAt(index));
const DIGESTS = Array.from({ length: RECORDS_MAX }, (_, index) => digestOf(keyAt(index)));

/** A program: makes each damage that it reads to a copy of a journal, and prints what it sees there, a line for each. */
async function main(folder: string): Promise<void> {
  const journals = new Map<string, DiskContents>();
  for await (const line of createInterface({ input: process.stdin })) {
    const damage: Damage = JSON.parse(line);
    const sound = journals.get(damage.sound) ?? contentsOf(damage.sound);
    journals.set(damage.sound, sound);
    const bytes = damaged(sound.get(damage.file) ?? new Uint8Array(0), damage);
    putContents(folder, new Map([...sound, [damage.file, bytes]]));
    process.stdout.write(`${JSON.stringify(await lookIn(folder, damage))}\n`);
  }
}

function contentsOf(folder: string): DiskContents {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function damaged(sound: Uint8Array, { at, how }: Damage): Uint8Array {
  if (how === "cut") return sound.subarray(0, at);
  const bytes = new Uint8Array(sound);
  if (how === "zeros") bytes.fill(0, at);
  else bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  return bytes;
}

async function lookIn(folder: string, { goesOn }: Damage): Promise<Look> {
  try {
    const look = await readIn(folder);
    if (!goesOn || look.kind !== "read") return look;
    await goOn(folder);
    const again = await readIn(folder);
    const isSame =
      again.kind === "read" &&
      JSON.stringify({ ...again, size: look.size }) === JSON.stringify(look) &&
      again.size === look.size + 3;
    return isSame ? look : { kind: "threw", message: `after going on: ${JSON.stringify(again)}` };
  } catch (error) {
    if (error instanceof JournalError)
      return { kind: "refused", code: error.code, message: error.message };
    return { kind: "threw", message: String(error) };
  }
}

async function readIn(folder: string): Promise<Look> {
  const journal = await LevelJournal.over(await openLevelStore(folder), 2);
  try {
    const { size } = journal;
    const texts = await journal.read(0, size + 10);
    const wrong: string[] = [];
    if (texts.length !== size) wrong.push(`${texts.length} texts of ${size} records`);
    texts.forEach((text, index) => text === TEXTS[index] || wrong.push(`record ${index}`));
    const keys = await journal.keys();
    const led = DIGESTS.slice(0, size).map((digest) => keys.find(digest) ?? null);
    return {
      kind: "read",
      size,
      wrong,
      unlike: await unlikeIn(journal),
      keysMissed: led.filter((index) => index === null).length,
      keysWrong: led.filter((index, at) => index !== null && index !== at).length,
      snapshots: (await journal.snapshots()).map(({ manifest }) => indexIn(manifest)),
    };
  } finally {
    await journal.close();
  }
}

async function unlikeIn(journal: LevelJournal): Promise<readonly string[]> {
  const evidence = await journal.evidence(EVIDENCE);
  const unlike = evidence === undefined || evidence === '{"é":1}' ? [] : ["evidence"];
  for (const { chunk, manifest } of await journal.snapshots()) {
    const index = indexIn(manifest);
    if (manifest !== manifestAt(index)) unlike.push(`manifest ${manifest}`);
    else if ((await chunk(chunkHash(index))) !== `chunk of ${index}`) unlike.push(`chunk ${index}`);
  }
  return unlike;
}

function indexIn(manifest: string): number {
  return Number(/"index":(\d+)/u.exec(manifest)?.[1] ?? -1);
}

async function goOn(folder: string): Promise<void> {
  const journal = await LevelJournal.over(await openLevelStore(folder), 2);
  try {
    const firstIndex = journal.size;
    const records = TEXTS.slice(firstIndex, firstIndex + 3);
    await journal.append({ firstIndex, records, term: journal.term });
  } finally {
    await journal.close();
  }
}

await main(process.argv[2] ?? "");
