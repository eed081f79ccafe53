import { ABSENT_HASH, valueHash } from "../hash.ts";
import { toCanonical } from "../json/canonical.ts";
import { isJsonObject } from "../json/json.ts";
import type { JsonObject } from "../json/json.ts";
import type { ProposalBody } from "../log/record.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { buildRecord } from "./build-record.ts";
import type { Built } from "./build-record.ts";
import type { Head } from "./document.ts";
import type { Draft } from "./draft.ts";
import { assert } from "../invariant.ts";
import { formatHlc, nextHlc, parseHlc } from "./hlc.ts";
import type { Hlc } from "./hlc.ts";
import type { Part } from "./join-parts.ts";
import type { Kernel } from "./kernel.ts";
import type { ReadLog } from "./read-log.ts";
import type { EngineInput } from "./state.ts";

/** What an engine record says beside what all of them say. */
export interface EngineRecordPlan {
  readonly instance: string;
  /** Head of the instance; undefined also for `journal/…` and `chart/…`. */
  readonly head: Head | undefined;
  readonly inputs: JsonObject;
  readonly main: Draft | null;
  readonly parts: readonly Part[];
  readonly reads: ReadLog;
  readonly installed: CompiledChart | null;
  readonly origin: string;
  readonly node: string;
  readonly flags: readonly number[];
}

/**
 * Writes a record that the engine makes of itself (kernel design §2): all fields of a proposal are there, the node
 * signs, the clock is the instance's next one.
 */
export function buildEngineRecord(
  kernel: Kernel,
  input: EngineInput,
  plan: EngineRecordPlan,
): Built {
  const { moment, act } = input;
  const inputs = toCanonical(plan.inputs);
  assert(isJsonObject(inputs), "an object stays one");
  const hlc = engineHlc(plan.head, moment.at);
  const hlcText = formatHlc(hlc);
  const proposal: ProposalBody = {
    current_state_hash: plan.head?.hash ?? ABSENT_HASH,
    hlc: hlcText,
    idem_key: `@:${moment.index}:${act.act}:0`,
    inputs_hash: valueHash(kernel.hasher, inputs),
    instance: plan.instance,
    origin: plan.origin,
    signer: plan.node,
    transition: act.act,
  };
  return buildRecord(kernel.hasher, {
    ...plan,
    inputs,
    moment,
    proposal,
    signature: input.sign(proposal),
    verdict: [],
    hlc,
    hlcText,
  });
}

/** `hlc_last` with the counter one higher; of an absent instance `at`#0. */
function engineHlc(head: Head | undefined, at: number): Hlc {
  if (head === undefined) return { wallMs: at, counter: 0 };
  const last = parseHlc(head.document.hlc_last);
  assert(last !== undefined, `hlc_last of ${head.document.meta.instance} is an HLC`);
  return nextHlc(last);
}
