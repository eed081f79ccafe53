import { atMost, atLeast, seedsFrom } from "./arm-parts.ts";
import type { Arm, Claim, Experiment } from "./experiment.ts";

interface Outstanding {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly claim: string;
  readonly mutant: string;
  readonly reason: string;
  readonly bar?: Claim["bar"];
}

/** Criteria that nothing here can run yet: each says why, and NOT-RUN never passes. */
const OUTSTANDING: readonly Outstanding[] = [
  {
    id: "embed.model",
    section: "5.3",
    title: "Embedding latency of a model",
    claim: "95 % of batches of 32 texts take at most 50 ms",
    mutant: "a warm cache that is not said",
    reason:
      "no Ollama and no server of the OpenAI kind can be reached, and a pretended one proves nothing",
  },
];

/** Each is NOT-RUN, with its reason. */
export const OUTSTANDING_CRITERIA: readonly Experiment[] = OUTSTANDING.map(
  ({ id, section, title, claim, mutant, reason, bar = "seed" }): Experiment => {
    const notRun: Arm["run"] = () => ({ ran: false, reason });
    return {
      id,
      section,
      title,
      method: `Not run by this program: ${reason}.`,
      workload: {},
      seeds: seedsFrom(1, 1),
      arms: [
        { name: "ours", role: "ours", run: notRun },
        { name: mutant, role: "mutant", run: notRun, mustFail: ["holds"] },
      ],
      claims: [
        claim.includes("at most")
          ? atMost("holds", bar, 0, claim, { statistic: { kind: "worst", metric: "excess" } })
          : atLeast("holds", bar, 1, claim, { statistic: { kind: "worst", metric: "holds" } }),
      ],
    };
  },
);
