import type { Beginning } from "./beginning.ts";
import type { Finding } from "./history/finding.ts";
import { judgeEnd, type Judged } from "./judge-end.ts";
import type { Marks } from "./marks.ts";
import { Simulation, type RunOptions } from "./simulation.ts";

const REPOSITORY_URL = new URL("../..", import.meta.url).href;

export interface SeedReport {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly story: readonly string[];
  /** Merkle root over the story: two runs are equal where these are. */
  readonly root: string;
  readonly records: number;
  /** That were sent, doubles and lies among them. */
  readonly proposals: number;
  readonly restarts: number;
  readonly steps: number;
  readonly simulatedMs: number;
  /** How often which kind of thing happened. */
  readonly marks: Marks;
  /** null where the run did not come to its end. */
  readonly judged: Judged | null;
}

/** Runs one seed to a healed end, and judges it. Everything that is left to chance comes from the seed. */
export async function runSeed(
  beginning: Beginning,
  seed: number,
  options: RunOptions = {},
): Promise<SeedReport> {
  const simulation = new Simulation(beginning, seed, options);
  let judged: Judged | null = null;
  try {
    await simulation.run();
    if (simulation.findings.all.length === 0)
      judged = await judgeEnd(simulation, beginning.charts.kernel);
  } catch (error) {
    // Nothing that a world does may end a run: what throws here is a defect, of the product or of the simulator.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The same seed tells the same story wherever the repository lies.
    const told = text.replaceAll(REPOSITORY_URL, "");
    simulation.findings.expect(false, "chain", () => `a defect: ${told}`);
  }
  const { findings, knobs, marks, node, recorder, simulatedMs, story } = simulation;
  const records = judged?.history.log.length ?? 0;
  for (const { check, claim } of findings.all) story.tell(`does not hold (${check}): ${claim}`);
  story.tell(`end: ${records} records`);
  return {
    seed,
    findings: findings.all,
    story: story.lines,
    // Few who ask for a report look at it, and it costs a hash for each line.
    get root() {
      return story.root;
    },
    records,
    proposals: recorder.ops.filter(({ kind }) => kind === "propose").length,
    restarts: node.restarts,
    steps: knobs.steps,
    simulatedMs,
    marks,
    judged,
  };
}
