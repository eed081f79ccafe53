import type { ValueHash } from "../hash.ts";
import { compareUtf16 } from "../json/text.ts";
import { EMPTY_FRONTIER } from "../log/tree.ts";
import { REPLAY_PAGE_RECORDS } from "../limits.ts";
import type { Effect } from "../reduce/document.ts";
import { hlcOf } from "../reduce/answer.ts";
import { World } from "../reduce/world.ts";
import { beginJournal, type NewJournal } from "./begin-journal.ts";
import { ChartShelf } from "./chart-shelf.ts";
import { chartsNamedBy } from "./charts-named-by.ts";
import { DurableState, type DurableStart } from "./durable-state.ts";
import { EngineError } from "./engine-error.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { assertReplayed, assertSameSize } from "./invariants.ts";
import { JournalError } from "./journal-error.ts";
import { digestOfText } from "./key-digest.ts";
import type { JournalReader, KeyIndex, Ports } from "./ports.ts";
import { readSnapshot, type SnapshotDoors } from "./read-snapshot.ts";

/** How the state was found again. */
export interface Recovery {
  /** Index of the last record in the snapshot that was used; null: the whole log was replayed. */
  readonly snapshotIndex: number | null;
  /** Records that were replayed after it. */
  readonly replayed: number;
  /** Snapshots that could not be used, newest first, each with why. */
  readonly skipped: readonly string[];
}

export interface Recovered {
  readonly durable: DurableState;
  readonly shelf: ChartShelf;
  readonly recovery: Recovery;
  /** Effects that nobody answered yet, by instance and id: they are handed out again. */
  readonly openEffects: readonly Effect[];
}

/**
 * The state that the journal's durable records stand for. Every record after the snapshot is decided again and must give
 * its own bytes (K7). A snapshot that cannot be read, or from which the rest of the log cannot be replayed, falls back to
 * the one before and at last to the whole log; what the whole log cannot give is `corrupt`, with the index.
 */
export async function recover(
  kernel: EngineKernel,
  ports: Ports,
  genesis: NewJournal | undefined,
): Promise<Recovered> {
  const { journal } = ports;
  const keys = (await journal.keys()) ?? new IdempotencyIndex();
  if (journal.size > 0) return recoverLog(kernel, journal, keys);
  const shelf = new ChartShelf(kernel, journal);
  return begin({ kernel, journal, shelf }, ports, { genesis, keys });
}

/** `recover` of a journal that has records. */
export async function recoverLog(
  kernel: EngineKernel,
  journal: JournalReader,
  keys: KeyIndex,
): Promise<Recovered> {
  const shelf = new ChartShelf(kernel, journal);
  const doors: SnapshotDoors = { kernel, journal, shelf };
  const skipped: string[] = [];
  for (const stored of await journal.snapshots()) {
    const reading = await readSnapshot(doors, stored);
    if (!reading.ok) {
      skipped.push(reading.problem);
      continue;
    }
    const index = reading.manifest.lastAppliedIndex;
    try {
      const durable = await replayFrom(doors, reading.start, keys);
      const replayed = durable.size - index - 1;
      return recovered(doors, durable, { snapshotIndex: index, replayed, skipped });
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      skipped.push(`snapshot at ${index}: ${error.message}`);
    }
  }
  const world = new World((hash) => shelf.at(hash));
  const start = { world, frontier: EMPTY_FRONTIER, hlc: "" };
  const durable = await replayFrom(doors, start, keys);
  return recovered(doors, durable, { snapshotIndex: null, replayed: durable.size, skipped });
}

async function begin(
  doors: SnapshotDoors,
  ports: Ports,
  { genesis, keys }: { readonly genesis: NewJournal | undefined; readonly keys: KeyIndex },
): Promise<Recovered> {
  const { kernel, shelf } = doors;
  if (genesis === undefined)
    throw new EngineError("no_genesis", "the journal is empty; give `genesis` to begin it with");
  const begun = await beginJournal(kernel, ports, { genesis, shelf });
  if (!begun.ok)
    throw new EngineError(
      "genesis_refused",
      `the journal cannot begin so: ${begun.reasons.join("; ")}`,
    );
  const { accepted, world } = begun;
  const hlc = hlcOf(accepted.record.proposal);
  const start = { world, frontier: EMPTY_FRONTIER, hlc };
  const durable = new DurableState(kernel, start, keys);
  durable.fold(accepted);
  ports.transport.publish(0, accepted.text, accepted.leaf);
  return recovered(doors, durable, { snapshotIndex: null, replayed: 0, skipped: [] });
}

/** Folds every durable record after `start`; of those before, only what the index of keys does not have is read. */
async function replayFrom(
  doors: SnapshotDoors,
  start: DurableStart,
  keys: KeyIndex,
): Promise<DurableState> {
  const { kernel, journal } = doors;
  const durable = new DurableState(kernel, start, keys);
  const first = durable.size;
  for await (const page of pagesOf(journal, keys.size, first))
    for (const text of page) durable.noteKey(keys.size, () => digestOfText(kernel.hasher, text));
  for await (const page of pagesOf(journal, first, journal.size))
    for (const text of page) {
      const charts = chartsNamedBy(text);
      if (charts.length > 0) await fetchCharts(doors, durable, charts);
      foldText(kernel, durable, text);
    }
  assertSameSize({ tree: durable.treeSize, journal: journal.size, state: durable.size });
  return durable;
}

/** K7. */
function foldText(kernel: EngineKernel, durable: DurableState, text: string): void {
  const replayed = kernel.replay(durable.world, text);
  if (!replayed.ok)
    throw new JournalError(
      "corrupt",
      `K7: record ${replayed.index}, ${replayed.field}: the log says ${replayed.found}, replay ${replayed.expected}`,
    );
  assertReplayed(durable.size, text, replayed.accepted.text);
  durable.fold(replayed.accepted);
}

async function fetchCharts(
  { shelf }: SnapshotDoors,
  durable: DurableState,
  hashes: readonly ValueHash[],
): Promise<void> {
  for (const hash of hashes) await shelf.fetch(hash, (name) => durable.state.chart(name)?.normal);
}

/** Records `from` … `to` − 1, in pages. */
async function* pagesOf(
  journal: JournalReader,
  from: number,
  to: number,
): AsyncGenerator<readonly string[]> {
  let index = from;
  while (index < to) {
    const page = await journal.read(index, Math.min(REPLAY_PAGE_RECORDS, to - index));
    if (page.length === 0)
      throw new JournalError("corrupt", `record ${index} of ${journal.size} cannot be read`);
    yield page;
    index += page.length;
  }
}

function recovered({ shelf }: SnapshotDoors, durable: DurableState, recovery: Recovery): Recovered {
  const heads = [...durable.world.heads()].toSorted((left, right) =>
    compareUtf16(left.document.meta.instance, right.document.meta.instance),
  );
  const openEffects = heads.flatMap((head) => head.document.effects);
  return { durable, shelf, recovery, openEffects };
}
