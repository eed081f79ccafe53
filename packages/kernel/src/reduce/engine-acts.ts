import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { JsonObject } from "../json/json.ts";
import type { Refused } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import { ROLE_OPERATOR, SCOPE_ALL } from "./authority.ts";
import type { Built } from "./build-record.ts";
import { Draft } from "./draft.ts";
import type { Head } from "./document.ts";
import { buildEngineRecord } from "./engine-record.ts";
import { readGenesis } from "./genesis.ts";
import { PartJoiner } from "./join-parts.ts";
import type { Part } from "./join-parts.ts";
import type { Kernel } from "./kernel.ts";
import { migrateDraft } from "./migrate.ts";
import { ReadLog } from "./read-log.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";
import type { EngineAct, EngineInput, State, Verdict } from "./state.ts";
import { takeTransition } from "./take-transition.ts";
import type { RecordSetting } from "./take-transition.ts";
import { runDueSteps } from "./timer-steps.ts";
import type { TimerAttempt } from "./timer-steps.ts";

/** Instance of engine records that move no document. */
export const JOURNAL_INSTANCE = "journal/main";
const REGISTER = "Identity_Register";

type Act<Name extends EngineAct["act"]> = Extract<EngineAct, { readonly act: Name }>;

/** Decides about a record that the engine wants to make. Refusals are for callers that ask for what cannot be. */
export function reduceEngineAct(kernel: Kernel, state: State, input: EngineInput): Verdict {
  const { act } = input;
  switch (act.act) {
    case "@genesis":
      return verdictOf(input, undefined, genesis(kernel, state, input, act));
    case "@chart":
      return verdictOf(input, undefined, installChart(kernel, state, input, act));
    case "@seal":
      return verdictOf(input, undefined, seal(kernel, state, input, act));
    case "@migrate":
    case "@timer":
      return onInstance(kernel, state, input, act);
    default:
      return unreachable(act);
  }
}

function verdictOf(input: EngineInput, head: Head | undefined, built: Built): Verdict {
  if (built.ok) return built.accepted;
  const { code, guard, reasons, outcomes } = built.refusal;
  const seen =
    head === undefined
      ? null
      : { hash: head.hash, hlc: head.document.hlc_last, index: input.moment.index - 1 };
  const refused: Refused = { kind: "refused", code, guard, reasons, outcomes, head: seen };
  return refused;
}

function no(draft: RefusalDraft): Built {
  return { ok: false, refusal: draft };
}

/** Looks that every engine record has: the node's own identity is noted where there is one. */
function engineReads(state: State): ReadLog {
  const reads = new ReadLog(state);
  reads.identityOf(state.node);
  return reads;
}

function settingOf(input: EngineInput, reads: ReadLog, beat: number | null): RecordSetting {
  return {
    at: input.moment.at,
    beat,
    verdict: [],
    signer: null,
    window: null,
    human: false,
    origin: reads.origin,
    attested: new Map(),
    registry: reads,
    reads: (declarations, scope) => reads.values(declarations, scope),
  };
}

/** Record 0: fixes the origin and creates `identity/node` and `identity/operator`. */
function genesis(kernel: Kernel, state: State, input: EngineInput, act: Act<"@genesis">): Built {
  if (input.moment.index !== 0) {
    return no(
      refusal("not_enabled", [`@genesis is record 0; this would be ${input.moment.index}`]),
    );
  }
  const reading = readGenesis(act.inputs);
  if (!reading.ok) return no(refusal("inputs_invalid", [reading.problem]));
  const chart = state.chartByHash(reading.genesis.identityChart);
  if (chart === undefined || chart.name !== "identity") {
    return no(
      refusal("unknown_chart", [`no chart identity at hand with ${reading.genesis.identityChart}`]),
    );
  }
  const { origin, node, operator, flags } = reading.genesis;
  const reads = new ReadLog(state);
  const parts: Part[] = [];
  const identities: readonly (readonly [string, JsonObject])[] = [
    ["identity/node", firstIdentity(node, "engine", "engine")],
    ["identity/operator", firstIdentity(operator, "human", ROLE_OPERATOR)],
  ];
  for (const [instance, inputs] of identities) {
    const refused = createIdentity(kernel, settingOf(input, reads, null), parts, {
      chart,
      instance,
      inputs,
    });
    if (refused !== null) return no(refused);
  }
  return buildEngineRecord(kernel, input, {
    instance: JOURNAL_INSTANCE,
    head: undefined,
    inputs: act.inputs,
    main: null,
    parts,
    reads,
    installed: chart,
    origin,
    node,
    flags,
  });
}

function firstIdentity(key: string, kind: string, role: string): JsonObject {
  return { key, kind, roles: [{ role, scope: SCOPE_ALL }] };
}

function createIdentity(
  kernel: Kernel,
  setting: RecordSetting,
  parts: Part[],
  first: { readonly chart: CompiledChart; readonly instance: string; readonly inputs: JsonObject },
): RefusalDraft | null {
  const { chart, instance, inputs } = first;
  const declaration = chart.transitions.get(REGISTER);
  if (declaration === undefined) {
    return refusal("unknown_transition", [`chart identity has no ${REGISTER}`]);
  }
  const draft = new Draft(kernel, chart, { instance, head: undefined });
  const refused = takeTransition(draft, setting, { declaration, inputs, joinDepth: 1 });
  if (refused === null) parts.push({ draft, transition: REGISTER, inputs });
  return refused;
}

/** Installs a chart: from the next index on it is what new instances of its name get. */
function installChart(kernel: Kernel, state: State, input: EngineInput, act: Act<"@chart">): Built {
  const { chart } = act;
  return buildEngineRecord(kernel, input, {
    instance: `chart/${chart.name}`,
    head: undefined,
    inputs: { chart: chart.name, chart_hash: chart.hash, version: chart.version },
    main: null,
    parts: [],
    reads: engineReads(state),
    installed: chart,
    origin: state.origin,
    node: state.node,
    flags: state.flags,
  });
}

/** Says for ever how an instance ended. */
function seal(kernel: Kernel, state: State, input: EngineInput, act: Act<"@seal">): Built {
  const reads = engineReads(state);
  const head = reads.head(act.instance);
  if (head === undefined) return no(unknownInstance(act.instance));
  if (!head.document.meta.ended) {
    return no(
      refusal("not_enabled", [`${act.instance} has not ended; only what has can be sealed`]),
    );
  }
  return buildEngineRecord(kernel, input, {
    instance: JOURNAL_INSTANCE,
    head: undefined,
    inputs: { final_hash: head.hash, instance: act.instance },
    main: null,
    parts: [],
    reads,
    installed: null,
    origin: state.origin,
    node: state.node,
    flags: state.flags,
  });
}

function unknownInstance(instance: string): RefusalDraft {
  return refusal("unknown_instance", [`${instance} does not exist`]);
}

function onInstance(
  kernel: Kernel,
  state: State,
  input: EngineInput,
  act: Act<"@migrate"> | Act<"@timer">,
): Verdict {
  const head = state.head(act.instance);
  if (head === undefined) return verdictOf(input, head, no(unknownInstance(act.instance)));
  if (head.document.meta.ended) {
    return verdictOf(input, head, no(refusal("ended", [`${act.instance} has ended`])));
  }
  const built =
    act.act === "@timer"
      ? timers(kernel, state, input, head)
      : migrate(kernel, state, input, { act, head });
  return verdictOf(input, head, built);
}

function migrate(
  kernel: Kernel,
  state: State,
  input: EngineInput,
  { act, head }: { readonly act: Act<"@migrate">; readonly head: Head },
): Built {
  const migrated = migrateDraft(kernel, head, act);
  if (!migrated.ok) return no(refusal("chart_failed", migrated.problems));
  return buildEngineRecord(kernel, input, {
    instance: act.instance,
    head,
    inputs: {
      chart: act.to.name,
      chart_hash: act.to.hash,
      mapping: act.mapping,
      version: act.to.version,
    },
    main: migrated.draft,
    parts: [],
    reads: engineReads(state),
    installed: null,
    origin: state.origin,
    node: state.node,
    flags: state.flags,
  });
}

/**
 * One record for all timers of one instance that are due. It can always be made: where its documents or its bytes
 * would be too large it is made with one timer, then with that timer failed, then with that timer merely removed.
 */
function timers(kernel: Kernel, state: State, input: EngineInput, head: Head): Built {
  const first = timerRecord(kernel, state, input, {
    head,
    attempt: { stepsMax: Number.MAX_SAFE_INTEGER, failed: null, followsFailure: true },
  });
  if (first.ok || first.refusal.code === "unknown_chart" || first.refusal.code === "not_enabled")
    return first;
  const single = timerRecord(kernel, state, input, {
    head,
    attempt: { stepsMax: 1, failed: null, followsFailure: true },
  });
  if (single.ok) return single;
  const failed = `${single.refusal.code}: ${single.refusal.reasons.join("; ")}`;
  const followed = timerRecord(kernel, state, input, {
    head,
    attempt: { stepsMax: 1, failed, followsFailure: true },
  });
  if (followed.ok) return followed;
  return timerRecord(kernel, state, input, {
    head,
    attempt: { stepsMax: 1, failed, followsFailure: false },
  });
}

function timerRecord(
  kernel: Kernel,
  state: State,
  input: EngineInput,
  { head, attempt }: { readonly head: Head; readonly attempt: TimerAttempt },
): Built {
  const { instance, chart_hash: hash } = head.document.meta;
  const chart = state.chartByHash(hash);
  if (chart === undefined)
    return no(refusal("unknown_chart", [`chart ${hash} of ${instance} is not installed`]));
  const reads = engineReads(state);
  // Whether a timer counts beats is seen in the document alone, also under a chart that names none.
  const beat = reads.beat();
  const record = settingOf(input, reads, beat);
  const draft = new Draft(kernel, chart, { instance, head });
  const joiner = new PartJoiner({ kernel, state, record, main: instance });
  const steps = runDueSteps(draft, { record, joiner }, attempt);
  if (steps === 0) {
    const when = beat === null ? `${input.moment.at} ms` : `${input.moment.at} ms and beat ${beat}`;
    return no(refusal("not_enabled", [`nothing of ${instance} is due at ${when}`]));
  }
  return buildEngineRecord(kernel, input, {
    instance,
    head,
    inputs: {},
    main: draft,
    parts: joiner.parts,
    reads,
    installed: null,
    origin: state.origin,
    node: state.node,
    flags: state.flags,
  });
}
