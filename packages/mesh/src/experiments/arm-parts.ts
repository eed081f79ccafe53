import type { Arm, ArmResult, ArmSample, Claim, RunContext } from "./experiment.ts";

/**
 * An arm as the criteria write it, by `name` and `role`, that can always be run: `run` gives the samples of a seed.
 * `mustFail`: ids of the claims that it must fail, for mutants.
 */
export function arm(
  name: string,
  role: Arm["role"],
  run: (seed: number, context: RunContext) => readonly ArmSample[],
  mustFail?: readonly string[],
): Arm {
  return {
    name,
    role,
    run: (seed, context): ArmResult => ({ ran: true, samples: run(seed, context) }),
    ...(mustFail === undefined ? {} : { mustFail }),
  };
}

type ClaimRest = Omit<Claim, "id" | "bar" | "direction" | "threshold" | "text">;

/**
 * The claim `id`, with `text` for people, whose lower end of the interval must not be below `threshold`. `bar`: whose bar
 * that is. `rest`: its statistic, and whatever else a claim may have.
 */
export function atLeast(
  id: string,
  bar: Claim["bar"],
  threshold: number,
  text: string,
  rest: ClaimRest,
): Claim {
  return { id, bar, direction: "at-least", threshold, text, ...rest };
}

/**
 * The claim `id`, with `text` for people, whose upper end of the interval must not be above `threshold`. `bar`: whose bar
 * that is. `rest`: its statistic, and whatever else a claim may have.
 */
export function atMost(
  id: string,
  bar: Claim["bar"],
  threshold: number,
  text: string,
  rest: ClaimRest,
): Claim {
  return { id, bar, direction: "at-most", threshold, text, ...rest };
}

/** `count` seeds from `first` on: chosen by nobody. */
export function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
