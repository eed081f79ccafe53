import { leafHash, type LeafHash } from "../hash.ts";
import { assert } from "../invariant.ts";
import { decodeRecord } from "../log/decode-record.ts";
import type { LogRecord } from "../log/record.ts";
import { RETRY_AFTER_MS } from "../limits.ts";
import type { Refused } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import type { AcceptedAnswer, Answer } from "./answer.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { assertDurable } from "./invariants.ts";
import type { Pending } from "./pending.ts";
import type { Finding, TurnPlan } from "./turn.ts";

/** Tells everybody of a turn what was found, once its batch is durable (K5). Those who bounced go on waiting. */
export function settlePlan(
  kernel: EngineKernel,
  plan: Pick<TurnPlan, "accepted" | "findings">,
  durable: number,
): void {
  const first = durable - plan.accepted.length;
  for (const [item, finding] of plan.findings) {
    const answer = answerOf({ kernel, plan, first, durable }, item, finding);
    if (answer !== null) item.ticket.settle(answer);
  }
}

interface Settling {
  readonly kernel: EngineKernel;
  readonly plan: Pick<TurnPlan, "accepted">;
  /** Index of the batch's first record. */
  readonly first: number;
  readonly durable: number;
}

function answerOf(settling: Settling, item: Pending, finding: Finding): Answer | null {
  const { kernel } = settling;
  switch (finding.kind) {
    case "recorded":
      return recordedAnswer(settling, settling.first + finding.position, { replayed: false });
    case "replayed":
      return finding.index >= settling.first
        ? recordedAnswer(settling, finding.index, { replayed: true })
        : priorAnswer(kernel, item, finding.index);
    case "rehearsed": {
      const { record, leaf } = finding.accepted;
      return accepted(kernel, { record, leaf, replayed: false, dryRun: true });
    }
    case "refused":
      return refusedAnswer(finding.refused);
    case "bounced":
      return null;
    default:
      return unreachable(finding);
  }
}

function refusedAnswer(refused: Refused): Answer {
  const retryAfterMs = refused.code === "overloaded" ? RETRY_AFTER_MS : null;
  return { kind: "refused", refused, retryAfterMs };
}

function recordedAnswer(
  { kernel, plan, first, durable }: Settling,
  index: number,
  { replayed }: { readonly replayed: boolean },
): Answer {
  assertDurable(index, durable);
  const found = plan.accepted[index - first];
  assert(found !== undefined, `record ${index} is one of this batch`);
  return accepted(kernel, { record: found.record, leaf: found.leaf, replayed, dryRun: false });
}

/** The first answer again, from the record that the key led to: a function of the record alone, so byte for byte the same. */
function priorAnswer(kernel: EngineKernel, item: Pending, index: number): Answer {
  const prior = item.kind === "proposal" ? item.prior : null;
  assert(prior?.seen.index === index, `record ${index} was read before its answer`);
  const decoded = decodeRecord(prior.text);
  assert(decoded.ok, `record ${index} can be read`);
  const leaf = leafHash(kernel.hasher, prior.text);
  return accepted(kernel, { record: decoded.record, leaf, replayed: true, dryRun: false });
}

function accepted(
  kernel: EngineKernel,
  made: {
    readonly record: LogRecord;
    readonly leaf: LeafHash;
    readonly replayed: boolean;
    readonly dryRun: boolean;
  },
): AcceptedAnswer {
  const { record, leaf, replayed, dryRun } = made;
  return {
    kind: "accepted",
    index: record.index,
    text: kernel.answer(record, leaf),
    replayed,
    dryRun,
  };
}
