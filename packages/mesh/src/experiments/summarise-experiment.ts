import type { Arm, Claim, Experiment, NotRun, Sample } from "./experiment.ts";
import { judgeClaim, type Judged } from "./judge-claim.ts";

/** What is said of a claim, and of an experiment; NOT-RUN is no pass. */
export type Outcome = "pass" | "fail" | "NOT-RUN";

/** What the report shows of one experiment; computed from raw samples alone. */
export interface ExperimentSummary {
  readonly id: string;
  /** Of workload, seeds and claims. */
  readonly frozenHash: string;
  readonly size: "small" | "full";
  /** Over the claims of the criterion's own bar, seeds and mutants. */
  readonly outcome: Outcome;
  readonly claims: readonly ClaimSummary[];
  /** Why something was not run, or what is missing: each with arm and seed. */
  readonly notes: readonly string[];
}

/** A claim as it fell, with every other arm's figure beside it. */
export interface ClaimSummary {
  readonly id: string;
  readonly outcome: Outcome;
  readonly judged: Judged;
  /** The same statistic for every other arm, mutants included. */
  readonly others: readonly OtherArm[];
}

/** The figure of an arm that the claim is not about. */
export interface OtherArm {
  readonly arm: string;
  readonly role: Arm["role"];
  readonly judged: Judged;
  /** A mutant that passes where it must fail. */
  readonly escaped: boolean;
}

/** What a run wrote down. */
export interface Recorded {
  readonly samples: readonly Sample[];
  readonly notRun: readonly NotRun[];
}

/**
 * From raw samples, as `given` with the size and the seeds of their run, to the verdicts on the claims of `experiment`: E1
 * to E4. `frozenHash` is handed on: whoever reads it compares.
 */
export function summariseExperiment(
  experiment: Experiment,
  frozenHash: string,
  given: Recorded & { readonly size: "small" | "full"; readonly seeds: readonly number[] },
): ExperimentSummary {
  const notes = [
    ...given.notRun.map(({ arm, seed, notRun }) => `${arm}, seed ${seed}: NOT-RUN: ${notRun}`),
    ...missingSeeds(experiment, given),
    ...badValues(given.samples),
    ...experiment.claims.flatMap((claim) => leftOutNote(experiment, claim, given)),
  ];
  const claims = experiment.claims.map((claim) => summariseClaim(experiment, claim, given));
  return {
    id: experiment.id,
    frozenHash,
    size: given.size,
    outcome: overall(experiment, claims, given),
    claims,
    notes,
  };
}

function summariseClaim(
  experiment: Experiment,
  claim: Claim,
  given: Recorded & { readonly size: "small" | "full"; readonly seeds: readonly number[] },
): ClaimSummary {
  const subject = subjectOf(experiment, claim);
  const judged = judgeClaim(claim, subject, given.samples);
  const others = experiment.arms
    .filter(({ name }) => name !== subject)
    .map((arm): OtherArm => {
      const other = judgeClaim(claim, arm.name, given.samples);
      return {
        arm: arm.name,
        role: arm.role,
        judged: other,
        escaped: arm.mustFail?.includes(claim.id) === true && other.passes,
      };
    });
  const needed = neededArms(experiment, claim, subject);
  const notRun = needed.some((arm) => given.notRun.some((one) => one.arm === arm));
  const complete = needed.every((arm) => missing(arm, given).length === 0);
  const holds = judged.passes && complete && !others.some(({ escaped }) => escaped);
  const leftOut = leftOutGroups(experiment, claim, given);
  // A small run may leave groups out, and then says nothing of the claim; a full one that does has failed.
  const isUnsaid =
    notRun ||
    (given.size === "small" &&
      leftOut.length > 0 &&
      (holds || leftOut.length === claim.groups?.length));
  const outcome = isUnsaid ? "NOT-RUN" : holds && leftOut.length === 0 ? "pass" : "fail";
  return { id: claim.id, outcome, judged, others };
}

/** Groups that a claim names and its own arm has no sample of. */
function leftOutGroups(
  experiment: Experiment,
  claim: Claim,
  { samples }: Pick<Recorded, "samples">,
): readonly string[] {
  const subject = subjectOf(experiment, claim);
  const groups = new Set(samples.filter(({ arm }) => arm === subject).map(({ group }) => group));
  return (claim.groups ?? []).filter((group) => !groups.has(group));
}

function leftOutNote(
  experiment: Experiment,
  claim: Claim,
  given: Recorded & { readonly size: "small" | "full" },
): readonly string[] {
  const leftOut = leftOutGroups(experiment, claim, given);
  const subject = subjectOf(experiment, claim);
  const wasRun = !given.notRun.some(({ arm }) => arm === subject);
  if (leftOut.length === 0 || !wasRun) return [];
  const run = given.size === "small" ? "a small run leaves out" : "no sample of";
  return [`${claim.id}: ${run} ${leftOut.join(", ")}`];
}

/** The arms without which a claim is not shown: its own, its baseline, and the mutants that must fail it. */
function neededArms(experiment: Experiment, claim: Claim, subject: string): readonly string[] {
  const baseline = "baseline" in claim.statistic ? [claim.statistic.baseline] : [];
  const mutants = experiment.arms
    .filter(({ mustFail }) => mustFail?.includes(claim.id) === true)
    .map(({ name }) => name);
  return [subject, ...baseline, ...mutants];
}

/** Name of the arm of `experiment` that a claim is about. */
export function subjectOf(experiment: Experiment, claim: Claim): string {
  return (
    claim.arm ?? experiment.arms.find(({ role }) => role === "ours")?.name ?? "no arm of role ours"
  );
}

function overall(
  experiment: Experiment,
  claims: readonly ClaimSummary[],
  given: Recorded & { readonly seeds: readonly number[] },
): Outcome {
  const barred = claims.filter(
    ({ id }) => experiment.claims.find((claim) => claim.id === id)?.bar === "seed",
  );
  if (barred.some(({ outcome }) => outcome === "fail")) return "fail";
  if (claims.some(({ others }) => others.some(({ escaped }) => escaped))) return "fail";
  if (barred.length === 0 || barred.some(({ outcome }) => outcome === "NOT-RUN")) return "NOT-RUN";
  const incomplete =
    missingSeeds(experiment, given).length > 0 || badValues(given.samples).length > 0;
  return incomplete ? "fail" : "pass";
}

function missing(
  arm: string,
  given: Recorded & { readonly seeds: readonly number[] },
): readonly number[] {
  const present = new Set(
    given.samples.filter((sample) => sample.arm === arm).map(({ seed }) => seed),
  );
  return given.seeds.filter((seed) => !present.has(seed));
}

function missingSeeds(
  experiment: Experiment,
  given: Recorded & { readonly seeds: readonly number[] },
): readonly string[] {
  return experiment.arms.flatMap(({ name }) =>
    missing(name, given)
      .filter((seed) => !given.notRun.some((one) => one.arm === name && one.seed === seed))
      .map((seed) => `${name}, seed ${seed}: no sample; no seed may be dropped (E1)`),
  );
}

function badValues(samples: readonly Sample[]): readonly string[] {
  return samples.flatMap(({ arm, seed, values }) =>
    Object.entries(values)
      .filter(([, value]) => !Number.isFinite(value))
      .map(([metric]) => `${arm}, seed ${seed}: ${metric} is not a finite number`),
  );
}
