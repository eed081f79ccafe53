import type { JsonObject } from "@swoosh/kernel/values";

/**
 * A criterion as data and functions: what is measured, on which frozen workload and seeds, by which arms, and what is
 * claimed of the samples. Definitions: the acceptance criteria of the mesh, §5 of its facts.
 *
 * E1 every arm runs every seed: a missing sample is a failure, never a smaller n.
 * E2 a claim passes only if the end of its 95 % interval that is worse for us passes.
 * E3 a mutant must fail each claim that it names; a claim that a mutant passes is broken, and fails.
 * E4 what could not be run is NOT-RUN with a reason, and NOT-RUN never passes.
 * E5 an arm sees workload, seed and size; it never sees another arm's samples, nor the claims.
 */
export interface Experiment {
  /** `load.zero-drops`; the part before the point is its chapter. */
  readonly id: string;
  /** Where it is defined, e.g. `5.6`. */
  readonly section: string;
  readonly title: string;
  /** What is done, in a sentence or two that a stranger can repeat. */
  readonly method: string;
  /** Frozen: its canonical JSON is hashed together with seeds and claims. */
  readonly workload: JsonObject;
  /** Frozen before the run; none may be dropped. */
  readonly seeds: readonly number[];
  readonly arms: readonly Arm[];
  readonly claims: readonly Claim[];
  readonly plots?: readonly Plot[];
  /** Its bars are times: a loaded machine fails it, so a change is not judged by its small run. */
  readonly isTimed?: true;
}

/**
 * `ours`: what the claims are about. `baseline`: the other side of a ratio. `nothing` and `oracle`: the scores of doing
 * nothing and of the best possible, printed beside. `control`: shown, judged by nothing. `mutant`: must fail.
 */
export type ArmRole = "ours" | "baseline" | "nothing" | "oracle" | "control" | "mutant";

/** One side of an experiment: what is done on each seed, and what it is there for. */
export interface Arm {
  readonly name: string;
  readonly role: ArmRole;
  /** Claims (by id) that this arm must fail if it stood in the place of `ours`; for mutants only, at least one. */
  readonly mustFail?: readonly string[];
  /**
   * Samples of one seed, or why it cannot be run here. A sample belongs to a group where a claim is made per group
   * (pattern, load, distance). Deterministic but for values that are times or bytes of memory.
   */
  run(seed: number, context: RunContext): ArmResult | Promise<ArmResult>;
}

/** Samples, or why there are none. */
export type ArmResult =
  | { readonly ran: true; readonly samples: readonly ArmSample[] }
  | { readonly ran: false; readonly reason: string };

/** What was measured once, by metric. */
export interface ArmSample {
  readonly group?: string;
  /** Finite numbers by metric. Rates are two metrics, hits and trials. */
  readonly values: Readonly<Record<string, number>>;
}

/** What an arm may use of the world. */
export interface RunContext {
  /** `small` is for every change, in seconds; `full` is what the report is made of. */
  readonly size: "small" | "full";
  /** A monotone clock, in ms; for metrics that are times. */
  readonly nowMs: () => number;
  /** Resident memory of this process, in bytes; undefined where nobody can tell. */
  readonly residentBytes: () => number | undefined;
  /** What the host lends by name (a WebAssembly instance, an outside oracle); undefined: the arm is NOT-RUN. */
  readonly lend: (name: string) => unknown;
  readonly progress: (done: number, total: number) => void;
}

/** A sentence that the samples bear out or not. */
export interface Claim {
  readonly id: string;
  readonly text: string;
  /** `seed`: the bar of the criterion. `ambitious`: the bar of the design; reported as it falls. */
  readonly bar: "seed" | "ambitious";
  readonly statistic: Statistic;
  readonly direction: "at-least" | "at-most";
  readonly threshold: number;
  /** The arm that the claim is about where there are several of role `ours`; default the first. */
  readonly arm?: string;
  readonly unit?: string;
  /** Only these groups; all where it is left out. */
  readonly groups?: readonly string[];
}

/** What of the samples a claim is about. */
export type Statistic =
  /** Hits among trials over all samples, with Wilson's interval. */
  | { readonly kind: "rate"; readonly hits: string; readonly trials: string }
  /** Mean over seeds, bootstrap interval. */
  | { readonly kind: "mean"; readonly metric: string }
  /** Mean of one metric over the mean of another of the same arm, bootstrap over seeds. */
  | { readonly kind: "quotient"; readonly metric: string; readonly over: string }
  /** A quantile of the pooled values, in per mille; bootstrap over seeds. */
  | { readonly kind: "quantile"; readonly metric: string; readonly perMille: number }
  /** The worst of all samples, without an interval: for what must hold every time. */
  | { readonly kind: "worst"; readonly metric: string }
  /** Mean over the baseline arm's mean, paired by seed; over groups their geometric mean. */
  | { readonly kind: "ratio"; readonly metric: string; readonly baseline: string }
  /** The same for the group where it is worst. */
  | { readonly kind: "worst-ratio"; readonly metric: string; readonly baseline: string }
  /** 1 − mean of ours / mean of baseline, paired by seed: how much shorter, as a share. */
  | { readonly kind: "reduction"; readonly metric: string; readonly baseline: string }
  /** Growth of one metric with another over the samples of a run: the slope of Theil and Sen, with Sen's interval. */
  | { readonly kind: "slope"; readonly metric: string; readonly over: string };

/** A picture in the report: mean of a metric by group, one line an arm. */
export interface Plot {
  readonly title: string;
  readonly metric: string;
  readonly x: string;
  readonly y: string;
  readonly arms: readonly string[];
  /** Groups are numbers, on a logarithmic axis. */
  readonly logarithmicX?: boolean;
}

/** One line of the raw samples. */
export interface Sample {
  readonly experiment: string;
  readonly arm: string;
  readonly seed: number;
  readonly group: string;
  readonly values: Readonly<Record<string, number>>;
}

/** A line of the raw samples where there is no sample: which arm, which seed, why. */
export interface NotRun {
  readonly experiment: string;
  readonly arm: string;
  readonly seed: number;
  readonly notRun: string;
}
