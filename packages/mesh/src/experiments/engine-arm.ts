import type { Hasher } from "@swoosh/kernel/values";
import type { CrewHost } from "../automaton/simd/kernel-host.ts";
import type { Arm, ArmSample, RunContext } from "./experiment.ts";

/** What the host lends: a hash, and WebAssembly with threads. */
export interface Lent {
  readonly hasher: Hasher;
  readonly kernels: CrewHost;
}

/** An arm over the engines of this host, which `run` is handed with seed and context; NOT-RUN where the host lends none. */
export function engineArm(
  run: (lent: Lent, seed: number, context: RunContext) => readonly ArmSample[],
): Arm["run"] {
  return (seed, context) => {
    const [hasher, kernels] = [context.lend("hasher"), context.lend("kernels")];
    if (hasher === undefined || kernels === undefined)
      return { ran: false, reason: "this host lends no WebAssembly, or no hash" };
    // The names are the agreement between host and arms.
    const lent = { hasher, kernels } as Lent;
    return { ran: true, samples: run(lent, seed, context) };
  };
}
