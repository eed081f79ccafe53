import type { Attestation } from "../chart/native-guard.ts";
import { Draft } from "./draft.ts";
import { attestationKey, guardAttestations } from "./guard-outcome.ts";
import { instanceOf } from "./instance-name.ts";
import { InstanceStep } from "./instance-step.ts";
import type { Kernel } from "./kernel.ts";
import { locate } from "./locate.ts";
import { ReadLog } from "./read-log.ts";
import type { ProposalInput, State } from "./state.ts";
import type { RecordSetting } from "./take-transition.ts";

const NONE: readonly Attestation[] = [];
const NO_VERDICTS: ReadonlyMap<string, boolean> = new Map();

/**
 * What must be checked outside reduce before it can decide about this proposal, in the order of `verdict`: of the
 * transition's guards in listed order, then of the candidates' in the order of looking; each question once.
 * Pure. Guards of later microsteps and of joined instances are not asked for: they see an attestation as false unless
 * the same was asked here. `verdict` of the input is not looked at.
 */
export function attestations(
  kernel: Kernel,
  state: State,
  input: ProposalInput,
): readonly Attestation[] {
  const { proposal, inputs } = input;
  const location = locate(state, instanceOf(proposal), proposal.transition);
  if (!location.ok) return NONE;
  const { chart, declaration, head } = location.located;
  const { facts, interpreter } = kernel.runtime(chart);
  if (!facts.attested.has(declaration.name) || head?.document.meta.ended === true) return NONE;
  const reads = new ReadLog(state);
  const draft = new Draft(kernel, chart, location.located);
  const setting = proposalSetting(draft, reads, input, NO_VERDICTS);
  const step = new InstanceStep(draft, setting, { name: declaration.name, inputs, joinDepth: 1 });
  step.reads = setting.reads(declaration.reads, step);
  if (draft.configuration === null) step.enterInitial();
  const { configuration } = draft;
  // Where the initial configuration cannot be entered, nothing will be asked.
  if (configuration === null) return NONE;
  const candidates = interpreter.candidatesFor(configuration, declaration.name);
  const guards = [...declaration.guards, ...candidates.flatMap((candidate) => candidate.guards)];
  const asked = new Map<string, Attestation>();
  for (const guard of guards) {
    for (const one of guardAttestations(guard, step)) {
      const key = attestationKey(one);
      if (!asked.has(key)) asked.set(key, one);
    }
  }
  return [...asked.values()];
}

/** What a proposal's step looks at: the beat where the chart names beats, for then it is among the reads. */
export function proposalSetting(
  draft: Draft,
  reads: ReadLog,
  input: ProposalInput,
  attested: ReadonlyMap<string, boolean>,
): RecordSetting {
  return {
    at: input.moment.at,
    beat: draft.runtime.facts.namesBeats ? reads.beat() : null,
    verdict: input.verdict,
    signer: input.proposal.signer,
    window: input.proposal.window_id ?? null,
    human: reads.holder(input.proposal.signer)?.head.document.context["kind"] === "human",
    origin: reads.origin,
    attested,
    registry: reads,
    reads: (declarations, scope) => reads.values(declarations, scope),
  };
}

/** The input's `verdict` by `attestationKey`; a question without an answer counts as false. */
export function attestedVerdicts(
  kernel: Kernel,
  state: State,
  input: ProposalInput,
): ReadonlyMap<string, boolean> {
  if (input.verdict.length === 0) return NO_VERDICTS;
  const verdicts = new Map<string, boolean>();
  for (const [place, one] of attestations(kernel, state, input).entries()) {
    verdicts.set(attestationKey(one), input.verdict[place] === true);
  }
  return verdicts;
}
