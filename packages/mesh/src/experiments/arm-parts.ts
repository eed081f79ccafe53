import type { Arm, ArmResult, ArmSample, Claim, RunContext } from "./experiment.ts";

/** Arms and claims as the criteria write them. */
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

/** A claim whose lower end of the interval must not be below `threshold`. */
export function atLeast(
  id: string,
  bar: Claim["bar"],
  threshold: number,
  text: string,
  rest: ClaimRest,
): Claim {
  return { id, bar, direction: "at-least", threshold, text, ...rest };
}

/** A claim whose upper end of the interval must not be above `threshold`. */
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
