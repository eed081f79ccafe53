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
    reason: "there is no Ollama on this machine",
  },
  {
    id: "lifecycle.gates",
    section: "5.9",
    title: "No release without all gates",
    claim:
      "no sequence of 10,000 random commands reaches a release without every gate and a person's record",
    mutant: "a gate left out",
    reason: "lifecycles are the gates' package, whose tests show it",
  },
  {
    id: "house.gates",
    section: "5.1",
    title: "Gates that are themselves tested",
    claim: "every planted mutant is killed, and the clean tree raises no alarm",
    mutant: "a gate that prints a check mark",
    reason: "the house's rules are tested with planted trees in their own suite",
  },
  {
    id: "house.drift",
    section: "5.1",
    title: "Specification drift",
    claim: "every command, path and code in the pages is a real one",
    mutant: "a renamed command",
    reason: "checked by make check, which has its own verdict",
  },
  {
    id: "house.docstrings",
    section: "5.1",
    title: "Comments on exports",
    claim: "every export has a comment with each of its parameters",
    mutant: "a comment deleted",
    reason: "no rule of the house asks for it yet",
  },
  {
    id: "house.living-documents",
    section: "5.1",
    title: "Living documents",
    claim: "a failing gate leaves exactly one entry of each kind",
    mutant: "a sign-off by the runner itself",
    reason: "living documents are the gates' package",
  },
  {
    id: "house.clean-clone",
    section: "5.1",
    title: "One command on a clean clone",
    claim: "make test is green twice on a clean clone",
    mutant: "a test that fails",
    reason: "run by the continuous integration, outside of this program",
  },
];

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
