import { ABSENT_HASH } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { LogRecord, RecordPart } from "../log/record.ts";
import type { Head } from "../reduce/document.ts";
import { compareHlc, parseHlc } from "../reduce/hlc.ts";
import type { Accepted } from "../reduce/state.ts";
import type { LogEnd } from "../reduce/world.ts";
import { instanceOf } from "./instance-of.ts";

/**
 * K1–K8 (kernel design §5), asserted in production on every record before it is appended and on everything before it
 * leaves. They look at results alone and know nothing of how reduce found them: a failure fences the engine.
 */

/** What one instance looked like before a record, and what the record says of it. */
type Touch = Pick<RecordPart, "instance" | "pre" | "post" | "seq">;

/** K1–K4 of one record against the state before it. */
export function assertRecord(
  accepted: Accepted,
  before: { readonly end: LogEnd; head(instance: string): Head | undefined },
): void {
  const { record } = accepted;
  assertContinues(accepted, before.end);
  const touches = touchesOf(record);
  const moved = touches.filter((touch) => touch.post !== ABSENT_HASH);
  assert(
    moved.length === accepted.heads.length,
    `K1: ${accepted.heads.length} heads for ${moved.length} moved instances at ${record.index}`,
  );
  for (const [at, head] of accepted.heads.entries()) {
    const touch = moved[at];
    assert(touch !== undefined, "K1: one head for each moved instance");
    assertMoved(record, touch, { before: before.head(touch.instance), after: head });
  }
}

/** K4 and the journal's half of K2: index, previous leaf and time go on from the end of the log. */
function assertContinues(accepted: Accepted, end: LogEnd): void {
  const { record } = accepted;
  assert(record.index === end.size, `K4: record ${record.index} at the end of ${end.size} records`);
  assert(record.prev === end.leaf, `K4: record ${record.index} names the leaf before it`);
  assert(record.at >= end.at, `K2: time goes from ${end.at} to ${record.at} at ${record.index}`);
}

function assertMoved(
  record: LogRecord,
  touch: Touch,
  heads: { readonly before: Head | undefined; readonly after: Head },
): void {
  const { before, after } = heads;
  const place = `${touch.instance} at ${record.index}`;
  assert(after.document.meta.instance === touch.instance, `K1: the head is that of ${place}`);
  assert(touch.pre === (before?.hash ?? ABSENT_HASH), `K1: pre is the last post of ${place}`);
  assert(touch.post === after.hash, `K1: post is the hash of the new head of ${place}`);
  const seq = (before?.document.meta.seq ?? 0) + 1;
  assert(
    touch.seq === seq && after.document.meta.seq === seq,
    `K3: seq ${touch.seq} after ${seq - 1} of ${place}`,
  );
  if (before === undefined) return;
  const earlier = parseHlc(before.document.hlc_last);
  const later = parseHlc(after.document.hlc_last);
  assert(
    earlier !== undefined && later !== undefined && compareHlc(earlier, later) <= 0,
    `K2: hlc_last goes from ${before.document.hlc_last} to ${after.document.hlc_last} of ${place}`,
  );
  // Another version of a chart may have other regions.
  if (before.document.meta.chart_hash !== after.document.meta.chart_hash) return;
  assertEpochs(place, before.document.epoch, after.document.epoch);
}

function assertEpochs(
  place: string,
  before: { readonly [region: string]: number },
  after: { readonly [region: string]: number },
): void {
  assert(
    Object.keys(before).length === Object.keys(after).length,
    `K3: the regions stay the same of ${place}`,
  );
  for (const [region, epoch] of Object.entries(after)) {
    const step = epoch - (before[region] ?? Number.NaN);
    assert(step === 0 || step === 1, `K3: the epoch of ${region} goes to ${epoch} of ${place}`);
  }
}

function touchesOf(record: LogRecord): readonly Touch[] {
  return [
    {
      instance: instanceOf(record.proposal),
      pre: record.pre,
      post: record.post,
      seq: record.seq,
    },
    ...record.parts,
  ];
}

/** K5: whatever leaves (publication, answer, effect, checkpoint) stands below what is durable. */
export function assertDurable(index: number, durable: number): void {
  assert(index < durable, `K5: record ${index} leaves while ${durable} are durable`);
}

/** K4: tree, journal and state hold the same number of records. */
export function assertSameSize(sizes: {
  readonly tree: number;
  readonly journal: number;
  readonly state: number;
}): void {
  assert(
    sizes.tree === sizes.journal && sizes.state === sizes.journal,
    `K4: ${sizes.tree} leaves and ${sizes.state} folded records for ${sizes.journal} in the journal`,
  );
}

/** K6: no record has this key already. */
export function assertFresh(key: string, known: number | undefined): void {
  assert(known === undefined, `K6: the key ${key} led to record ${known} already`);
}

/** K7: replaying a record gives its bytes. */
export function assertReplayed(index: number, stored: string, replayed: string): void {
  assert(stored === replayed, `K7: replaying record ${index} gives other bytes`);
}

/** K8: the engine writes under the term that it was opened with. */
export function assertTerm(engine: number, journal: number): void {
  assert(engine === journal, `K8: the journal is at term ${journal}, this engine at ${engine}`);
}
