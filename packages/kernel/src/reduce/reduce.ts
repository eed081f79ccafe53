import { unreachable } from "../unreachable.ts";
import { reduceEngineAct } from "./engine-acts.ts";
import type { Kernel } from "./kernel.ts";
import { reduceProposal } from "./reduce-proposal.ts";
import type { ReduceInput, State, Verdict } from "./state.ts";

/**
 * What a record would be, or why there is none (kernel design §3). Pure: same arguments, same bytes, on every engine.
 * Total: it throws on nothing that passed the edge (an `InvariantViolation` is our own mistake and fences the engine).
 */
export function reduce(kernel: Kernel, state: State, input: ReduceInput): Verdict {
  switch (input.kind) {
    case "proposal":
      return reduceProposal(kernel, state, input);
    case "engine":
      return reduceEngineAct(kernel, state, input);
    default:
      return unreachable(input);
  }
}
