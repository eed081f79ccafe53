import { hashOfCanonical, leafHash } from "../hash.ts";
import type { Hasher } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import { utf8Length } from "../json/text.ts";
import { DOCUMENT_BYTES_MAX, RECORD_BYTES_MAX } from "../limits.ts";
import { encodeRecord } from "../log/encode-record.ts";
import type { LogRecord, Outcome, ProposalBody, Raised, RecordPart } from "../log/record.ts";
import { ABSENT_HASH } from "../hash.ts";
import type { Effect, Head } from "./document.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { Draft } from "./draft.ts";
import { compareHlc, parseHlc } from "./hlc.ts";
import type { Hlc } from "./hlc.ts";
import type { Part } from "./join-parts.ts";
import type { ReadLog } from "./read-log.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";
import type { Accepted, Moment } from "./state.ts";

/** Everything that a record says, decided. */
export interface RecordPlan {
  readonly moment: Moment;
  readonly proposal: ProposalBody;
  readonly inputs: JsonObject;
  readonly signature: string;
  readonly verdict: readonly boolean[];
  /** Of the proposal, and its normal form. */
  readonly hlc: Hlc;
  readonly hlcText: string;
  readonly origin: string;
  readonly flags: readonly number[];
  /** null: the record moves no document of its own (`journal/…`, `chart/…`). */
  readonly main: Draft | null;
  readonly parts: readonly Part[];
  readonly reads: ReadLog;
  readonly installed: CompiledChart | null;
}

export type Built =
  | { readonly ok: true; readonly accepted: Accepted }
  | { readonly ok: false; readonly refusal: RefusalDraft };

type Sealed =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly refusal: RefusalDraft };

const NO_PATHS: readonly string[] = [];
const NO_OUTCOMES: readonly Outcome[] = [];
const NO_EFFECTS = { closed: NO_PATHS, opened: [] };

/** Hashes the documents, writes the record, hashes it: `document_too_large`, `record_too_large` or accepted. */
export function buildRecord(hasher: Hasher, plan: RecordPlan): Built {
  const heads: Head[] = [];
  if (plan.main !== null) {
    const sealed = sealDraft(hasher, plan, plan.main);
    if (!sealed.ok) return sealed;
    heads.push(sealed.head);
  }
  const parts: RecordPart[] = [];
  for (const part of plan.parts) {
    const sealed = sealDraft(hasher, plan, part.draft);
    if (!sealed.ok) return sealed;
    heads.push(sealed.head);
    parts.push(recordPart(part, sealed.head));
  }
  const record = recordOf(plan, plan.main === null ? undefined : heads[0], parts);
  const text = encodeRecord(record);
  const bytes = bytesWithin(text, RECORD_BYTES_MAX);
  if (bytes > RECORD_BYTES_MAX) {
    return {
      ok: false,
      refusal: refusal("record_too_large", [
        `the record would have ${bytes} bytes, at most ${RECORD_BYTES_MAX}; send less, or name evidence by its hash`,
      ]),
    };
  }
  const leaf = leafHash(hasher, text);
  const { installed } = plan;
  const effects = allEffects(record, parts);
  return {
    ok: true,
    accepted: { kind: "accepted", record, text, leaf, heads, installed, effects },
  };
}

function sealDraft(hasher: Hasher, plan: RecordPlan, draft: Draft): Sealed {
  const document = draft.toDocument({ origin: plan.origin, hlc: laterHlc(draft, plan) });
  const text = JSON.stringify(document);
  const large = documentTooLarge(draft.instance, text);
  if (large !== null) return { ok: false, refusal: large };
  const before = draft.head?.document;
  assert(document.meta.seq === (before?.meta.seq ?? 0) + 1, "K3: seq grows by one");
  for (const [region, epoch] of Object.entries(document.epoch)) {
    const grown = epoch - (before?.epoch[region] ?? 0);
    assert(grown === 0 || grown === 1, "K3: an epoch grows by one at most");
  }
  return { ok: true, head: { document, hash: hashOfCanonical(hasher, text) } };
}

/** `document_too_large`, for the text of the next document. */
export function documentTooLarge(instance: string, text: string): RefusalDraft | null {
  const bytes = bytesWithin(text, DOCUMENT_BYTES_MAX);
  if (bytes <= DOCUMENT_BYTES_MAX) return null;
  return refusal("document_too_large", [
    `${instance} would have ${bytes} bytes, at most ${DOCUMENT_BYTES_MAX}; keep what grows in instances of its own or as evidence`,
  ]);
}

/** `hlc_last` = max(own, the record's): K2 holds also for instances that were joined. */
function laterHlc(draft: Draft, plan: RecordPlan): string {
  const own = draft.head?.document.hlc_last;
  if (own === undefined || own === plan.hlcText) return plan.hlcText;
  const parsed = parseHlc(own);
  assert(parsed !== undefined, `hlc_last of ${draft.instance} is an HLC`);
  return compareHlc(parsed, plan.hlc) > 0 ? own : plan.hlcText;
}

/** UTF-8 bytes, exactly where they could pass the bound; else any number within it. */
function bytesWithin(text: string, bytesMax: number): number {
  return text.length * 3 <= bytesMax ? text.length : utf8Length(text);
}

function recordOf(
  plan: RecordPlan,
  head: Head | undefined,
  parts: readonly RecordPart[],
): LogRecord {
  const { main, moment, flags, inputs, proposal, signature, verdict } = plan;
  const { at, now, index, prev } = moment;
  const configuration = main?.paths ?? NO_PATHS;
  const effects = main === null ? NO_EFFECTS : { closed: main.closed, opened: main.opened };
  const outcomes = main?.outcomes ?? NO_OUTCOMES;
  const pre = main?.pre ?? ABSENT_HASH;
  const post = head?.hash ?? ABSENT_HASH;
  const raised = allRaised(main, plan.parts);
  const reads = plan.reads.recorded();
  const seq = main?.seq ?? 0;
  // Two literals in canonical key order, for what is absent must not be there; a spread would cost half a microsecond.
  // prettier-ignore
  if (now === at) {
    return { at, configuration, effects, flags, index, inputs, outcomes, parts, post, pre, prev, proposal, raised, reads, seq, signature, v: 1, verdict };
  }
  // prettier-ignore
  return { at, configuration, effects, flags, index, inputs, now, outcomes, parts, post, pre, prev, proposal, raised, reads, seq, signature, v: 1, verdict };
}

function recordPart({ draft, transition, inputs }: Part, head: Head): RecordPart {
  return {
    configuration: draft.paths,
    effects: { closed: draft.closed, opened: draft.opened },
    inputs,
    instance: draft.instance,
    outcomes: draft.outcomes,
    post: head.hash,
    pre: draft.pre,
    seq: draft.seq,
    transition,
  };
}

function allRaised(main: Draft | null, parts: readonly Part[]): readonly Raised[] {
  const own = main?.raised ?? [];
  if (parts.length === 0) return own;
  return [...own, ...parts.flatMap((part) => part.draft.raised)];
}

function allEffects(record: LogRecord, parts: readonly RecordPart[]): Accepted["effects"] {
  if (parts.length === 0) return record.effects;
  const all = [record.effects, ...parts.map((part) => part.effects)];
  const opened: readonly Effect[] = all.flatMap((one) => one.opened);
  return { opened, closed: all.flatMap((one) => one.closed) };
}
