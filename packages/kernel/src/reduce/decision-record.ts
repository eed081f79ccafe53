import { isValueHash, type LeafHash } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import type { LogRecord, RecordPart } from "../log/record.ts";
import { decisionId, hlcOf } from "./answer.ts";
import { roleFor } from "./authority.ts";
import { chartNameOf, idOf, instanceOf } from "./instance-name.ts";
import { locate } from "./locate.ts";
import type { State } from "./state.ts";

/** What stands in the log before the record, and so in no single record. */
export interface DecisionContext {
  /** `proposerRole` as of before the record. */
  readonly role: string;
  /** Leaf hashes of the last records of each instance that the record touches, main first; none for created ones. */
  readonly derivedFrom: readonly LeafHash[];
}

/** Schema of decision records. */
export const DECISION_SCHEMA = "bubble.dr.v1";
const ROLE_ENGINE = "engine";

/** The explanation of one record (transition API, Decision record), in canonical key order. */
export function decisionRecord(
  record: LogRecord,
  leaf: LeafHash,
  { role, derivedFrom }: DecisionContext,
): JsonObject {
  const { at, index, outcomes, parts, post, pre, proposal, reads, seq } = record;
  const instance = instanceOf(proposal);
  const evidence = proposal.evidence ?? [];
  return {
    at,
    derived_from: derivedFrom,
    evidence,
    guard_outcomes: [
      ...outcomes.map(({ guard, ok, reasons }) => ({ guard, ok, reasons })),
      ...parts.flatMap(outcomesOf),
    ],
    hlc: hlcOf(proposal),
    id: decisionId(leaf),
    idem_key: proposal.idem_key,
    index,
    influenced_by: evidence,
    inputs_hash: proposal.inputs_hash,
    instance,
    justification: proposal.justification ?? null,
    kind: "swoosh.transition",
    reads: reads.map(({ hash, instance: read }) => ({ hash, instance: read })),
    redactions: redactionsOf(proposal.justification),
    schema: DECISION_SCHEMA,
    signer: proposal.signer,
    state_post_hash: post,
    state_pre_hash: pre,
    transition: proposal.transition,
    ucxl: `ucxl://swoosh:${role}@${idOf(instance)}:${chartNameOf(instance)}/*~${seq}/records/${index}`,
    window_id: proposal.window_id ?? null,
  };
}

/** What the guards of another instance said, which the record moved with its own: each names that instance. */
function outcomesOf({ instance, outcomes }: RecordPart): readonly JsonObject[] {
  return outcomes.map(({ guard, ok, reasons }) => ({ guard, instance, ok, reasons }));
}

/** Names of the fields that stand here as a commitment: their text is evidence, and can go without the record. */
function redactionsOf(justification: string | undefined): readonly string[] {
  return justification !== undefined && isValueHash(justification) ? ["justification"] : [];
}

/** The first of `by` that the signer holds here, without `:human`; `state` is that before the record. */
export function proposerRole(state: State, record: LogRecord): string {
  const { signer, transition } = record.proposal;
  if (transition.startsWith("@")) return ROLE_ENGINE;
  const instance = instanceOf(record.proposal);
  const name = state.registry.identityOf(signer);
  const identity = name === undefined ? undefined : state.head(`identity/${name}`);
  const location = locate(state, instance, transition);
  if (name === undefined || identity === undefined || !location.ok) return "";
  const { context } = identity.document;
  return roleFor(location.located.declaration, { name, context }, instance) ?? "";
}
