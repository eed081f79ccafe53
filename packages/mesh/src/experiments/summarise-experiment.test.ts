import { describe, expect, it } from "vitest";
import type { Arm, Claim, Experiment, Sample } from "./experiment.ts";
import { summariseExperiment } from "./summarise-experiment.ts";

const CLAIM: Claim = {
  id: "more",
  text: "twice as much",
  bar: "seed",
  statistic: { kind: "ratio", metric: "length", baseline: "none" },
  direction: "at-least",
  threshold: 2,
};
const arm = (name: string, role: Arm["role"], mustFail?: readonly string[]): Arm => ({
  name,
  role,
  ...(mustFail === undefined ? {} : { mustFail }),
  run: () => ({ ran: true, samples: [] }),
});
const EXPERIMENT: Experiment = {
  id: "test.more",
  section: "0",
  title: "More",
  method: "",
  workload: {},
  seeds: [1, 2, 3, 4],
  arms: [arm("full", "ours"), arm("none", "baseline"), arm("broken", "mutant", ["more"])],
  claims: [CLAIM],
};

function samplesOf(lengths: Readonly<Record<string, readonly number[]>>): readonly Sample[] {
  return Object.entries(lengths).flatMap(([name, values]) =>
    values.map((length, index) => ({
      experiment: "test.more",
      arm: name,
      seed: index + 1,
      group: "",
      values: { length },
    })),
  );
}

function outcomeOf(lengths: Readonly<Record<string, readonly number[]>>, notRun: string[] = []) {
  return summariseExperiment(EXPERIMENT, "hash", {
    samples: samplesOf(lengths),
    notRun: notRun.map((name) => ({
      experiment: "test.more",
      arm: name,
      seed: 1,
      notRun: "not here",
    })),
    size: "full",
    seeds: [1, 2, 3, 4],
  });
}

describe("verdicts", () => {
  const none = [10, 11, 9, 10];

  it("passes where the worse end passes and the mutant fails", () => {
    const summary = outcomeOf({ full: [30, 31, 29, 30], none, broken: none });
    expect(summary.outcome).toBe("pass");
    expect(summary.claims[0]?.judged.estimate).toBeCloseTo(3, 6);
  });

  it("fails where only the estimate passes (E2)", () => {
    const summary = outcomeOf({ full: [10, 60, 9, 10], none, broken: none });
    expect(summary.claims[0]?.judged.estimate).toBeGreaterThan(2);
    expect(summary.outcome).toBe("fail");
  });

  it("fails where a mutant passes (E3)", () => {
    const summary = outcomeOf({ full: [30, 31, 29, 30], none, broken: [50, 50, 50, 50] });
    expect(summary.outcome).toBe("fail");
    expect(summary.claims[0]?.others.find((one) => one.arm === "broken")?.escaped).toBe(true);
  });

  it("fails where a seed is missing from any arm (E1)", () => {
    const summary = outcomeOf({ full: [30, 31, 29], none, broken: none });
    expect(summary.outcome).toBe("fail");
    expect(summary.notes).toContain("full, seed 4: no sample; no seed may be dropped (E1)");
    expect(outcomeOf({ full: [30, 31, 29, 30], none, broken: [] }).outcome).toBe("fail");
  });

  it("fails a full run that has left out a group of the claim; a small one says nothing of it", () => {
    const given = (full: readonly number[], groups: readonly string[]) => ({
      experiment: { ...EXPERIMENT, claims: [{ ...CLAIM, groups }] },
      samples: samplesOf({ full, none: [10, 11, 9, 10], broken: [10, 11, 9, 10] }),
    });
    const of = ({ experiment, samples }: ReturnType<typeof given>, size: "full" | "small") =>
      summariseExperiment(experiment, "hash", { samples, notRun: [], seeds: [1, 2, 3, 4], size });
    const good = given([30, 31, 29, 30], ["", "large"]);
    expect(of(good, "full").outcome).toBe("fail");
    expect(of(good, "full").notes).toContain("more: no sample of large");
    expect(of(good, "small").outcome).toBe("NOT-RUN");
    expect(of(good, "small").claims[0]?.outcome).toBe("NOT-RUN");
    expect(of(good, "small").notes).toContain("more: a small run leaves out large");
    expect(of(given([30, 31, 29, 30], ["large"]), "small").outcome).toBe("NOT-RUN");
    expect(of(given([9, 9, 9, 9], ["", "large"]), "small").outcome).toBe("fail");
    expect(of(given([30, 31, 29, 30], [""]), "small").outcome).toBe("pass");
  });

  it("never passes what was not run (E4), not even for want of the mutant", () => {
    expect(outcomeOf({ none, broken: none }, ["full"]).outcome).toBe("NOT-RUN");
    expect(outcomeOf({ full: [30, 31, 29, 30], none }, ["broken"]).outcome).toBe("NOT-RUN");
  });

  it("fails a metric that is not there or not finite", () => {
    const summary = outcomeOf({ full: [30, 31, Number.NaN, 30], none, broken: none });
    expect(summary.outcome).toBe("fail");
    expect(summary.notes).toContain("full, seed 3: length is not a finite number");
  });
});
