import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LevelJournal } from "../level-journal.ts";
import { openLevelStore, type LevelWrite } from "../level-store.ts";
import { chunkHash, EVIDENCE } from "./journal-play.ts";

const PROGRAM = fileURLToPath(new URL("look-at-damage.ts", import.meta.url));

export const RECORDS = 256;

export function keyAt(index: number): string {
  return `log:1:a:${index}`;
}

/** As much of a record as an index of keys looks at, of several lengths; all of them fill more than a block of LevelDB's log. */
export function textAt(index: number): string {
  const proposal = { idem_key: keyAt(index) };
  return JSON.stringify({ index, proposal, text: "é".repeat((index * 7) % 9) });
}

export function manifestAt(index: number): string {
  return JSON.stringify({ hashes: [chunkHash(index)], index });
}

/** What is there when LevelDB's newest log has all of a write and nothing after it. */
export interface Write {
  /** Bytes of the log up to there. */
  readonly end: number;
  readonly size: number;
  /** Of snapshots, newest first. */
  readonly snapshots: readonly number[];
}

/**
 * Writes records in batches of 1 to 9 with snapshots between them, and leaves in `folder` what a kill after the last one
 * leaves. With tables it is opened anew after each snapshot: LevelDB makes a table of its log then, and one of several.
 * Gives the writes to the newest log, after what was there before it.
 */
export async function writeSound(
  folder: string,
  { hasTables }: { readonly hasTables: boolean },
): Promise<readonly Write[]> {
  const living = `${folder}-living`;
  const writes: Write[] = [];
  const open = async (): Promise<LevelJournal> => {
    const store = await openLevelStore(living);
    const batch = async (changes: readonly LevelWrite[]): Promise<void> => {
      await store.batch(changes);
      const end = statSync(join(living, newestLog(living))).size;
      writes.push({ end, ...changed(writes.at(-1), changes) });
    };
    writes.splice(0, writes.length, { ...EMPTY, ...writes.at(-1), end: 0 });
    return LevelJournal.over({ ...store, batch }, 2);
  };
  let journal = await open();
  await journal.saveEvidence(EVIDENCE, '{"é":1}');
  for (let count = 1; journal.size < RECORDS; count = (count % 9) + 1) {
    const firstIndex = journal.size;
    const to = Math.min(RECORDS, firstIndex + count);
    const records = Array.from({ length: to - firstIndex }, (_, at) => textAt(firstIndex + at));
    await journal.append({ firstIndex, records, term: journal.term });
    if (count !== 8) continue;
    const index = journal.size - 1;
    const chunks = new Map([[chunkHash(index), `chunk of ${index}`]]);
    await journal.saveSnapshot({ index, manifest: manifestAt(index), chunks });
    if (!hasTables || journal.size === RECORDS) continue;
    await journal.close();
    journal = await open();
  }
  cpSync(living, folder, { recursive: true });
  await journal.close();
  rmSync(living, { recursive: true });
  return writes;
}

const EMPTY: Write = { end: 0, size: 0, snapshots: [] };

function changed(
  { size, snapshots }: Pick<Write, "size" | "snapshots"> = EMPTY,
  changes: readonly LevelWrite[],
): Pick<Write, "size" | "snapshots"> {
  const indexes = new Set(snapshots);
  let records = size;
  for (const change of changes) {
    if (change.type === "put" && change.key === "n") records = Number(change.value.toString());
    if (!change.key.startsWith("s")) continue;
    const index = Number(change.key.slice(1));
    if (change.type === "put") indexes.add(index);
    else indexes.delete(index);
  }
  return { size: records, snapshots: [...indexes].toSorted((one, other) => other - one) };
}

export function newestLog(folder: string): string {
  return filesIn(folder, /\.log$/u).at(-1) ?? "";
}

export function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .toSorted();
}

/** `flip`: a bit of this byte; `cut`: the file ends before it; `zeros`: from it on there are zeros. */
export interface Damage {
  /** Folder of the journal of which a copy is damaged. */
  readonly sound: string;
  readonly file: string;
  readonly at: number;
  readonly how: "flip" | "cut" | "zeros";
  /** Is it to be appended to afterwards, and opened again? */
  readonly goesOn: boolean;
}

/** What became of a damaged journal when it was opened and all of it read. */
export type Look =
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** By something that is no `JournalError`. */
  | { readonly kind: "threw"; readonly message: string }
  /** The process ended in LevelDB's own code. */
  | { readonly kind: "died"; readonly signal: string | null; readonly said: string }
  | {
      readonly kind: "read";
      readonly size: number;
      /** Records that are read and are not what was written. */
      readonly wrong: readonly string[];
      /** Manifests, chunks and evidence that are not what was written, which whoever reads them sees by their hashes. */
      readonly unlike: readonly string[];
      /** Keys of records that are there, and that lead to none; to another record, which the engine sees. */
      readonly keysMissed: number;
      readonly keysWrong: number;
      readonly snapshots: readonly number[];
    };

/**
 * Does each damage to a copy of its journal, in so many processes at once; not in this one, which a damaged table may end.
 * `place`: a folder.
 */
export async function lookAt(
  damages: readonly Damage[],
  { place, processes }: { readonly place: string; readonly processes: number },
): Promise<readonly Look[]> {
  const each = Math.ceil(damages.length / processes);
  const parts = Array.from({ length: processes }, (_, nth) =>
    lookInTurn(damages.slice(nth * each, (nth + 1) * each), join(place, `damaged-${nth}`)),
  );
  return (await Promise.all(parts)).flat();
}

async function lookInTurn(damages: readonly Damage[], folder: string): Promise<readonly Look[]> {
  const looks: Look[] = [];
  while (looks.length < damages.length) {
    const child = spawn(process.execPath, [PROGRAM, folder], { stdio: "pipe" });
    const ended = once(child, "close");
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    // One that died reads no more.
    child.stdin.on("error", () => {});
    child.stdin.end(damages.slice(looks.length).map(lineOf).join(""));
    for await (const line of createInterface({ input: child.stdout })) {
      const look: Look = JSON.parse(line);
      looks.push(look);
    }
    const [, signal] = await ended;
    if (looks.length < damages.length)
      looks.push({ kind: "died", signal: typeof signal === "string" ? signal : null, said });
  }
  return looks;
}

function lineOf({ at, file, goesOn, how, sound }: Damage): string {
  return `${JSON.stringify({ at, file, goesOn, how, sound })}\n`;
}
