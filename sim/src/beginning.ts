import type { Kernel, NewJournal } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { HistoryRecorder } from "./history/history-recorder.ts";
import type { HistoryOp } from "./history/history.ts";
import type { Invariant } from "./invariants.ts";
import { ORDER_WORKLOAD } from "./order-workload.ts";
import { messageOf, seenIn } from "./proposals.ts";
import { rememberingReplays } from "./remembering-replays.ts";
import type { SimCharts } from "./sim-charts.ts";
import type { Workload } from "./workload.ts";
import { Life } from "./world/life.ts";
import { TEST_SIGNING, type Signing } from "./world/signing.ts";
import { SimulatedDisk } from "@swoosh/server/journal-testing";

/** What every seed begins with: a journal with charts and identities, made once, while nothing goes wrong. */
export interface Beginning {
  readonly charts: SimCharts;
  /** The charts' kernel, for all but the judge: it remembers what it replayed. */
  readonly kernel: Kernel;
  readonly genesis: NewJournal;
  readonly disk: SimulatedDisk;
  /** What was done to make it. */
  readonly ops: readonly HistoryOp[];
  readonly endMs: number;
  /** For one seed. */
  workload(): Workload;
  readonly invariants: readonly Invariant[];
  readonly signing: Signing;
  /** Steps of a seed, as a multiple of what its knobs say. */
  readonly stepsTimes: number;
  /** Who is there, in every seed. */
  readonly crowd: Crowd;
  /** Text of record 0. */
  readonly first: string;
}

/** How many take part. */
export interface Crowd {
  /** At work at the same time: what one does in a step, so many do. */
  readonly clients: number;
  /** null: each seed draws its own. */
  readonly followers: number | null;
}

export const START_MS = 1_767_225_600_000;

export async function createBeginning(
  charts: SimCharts,
  cast: Partial<
    Pick<Beginning, "workload" | "invariants" | "signing" | "stepsTimes" | "crowd">
  > = {},
): Promise<Beginning> {
  const {
    workload = () => ORDER_WORKLOAD,
    invariants = [],
    signing = TEST_SIGNING,
    stepsTimes = 1,
    crowd = { clients: 1, followers: null },
  } = cast;
  const disk = new SimulatedDisk();
  const clock = new ManualClock(START_MS);
  const operator = signing.signer("operator");
  const genesis = { name: "sim", operator: operator.key, identityChart: charts.identity };
  const recorder = new HistoryRecorder(() => clock.now());
  const { kernel } = charts;
  const setting = {
    disk,
    clock,
    kernel,
    engine: { genesis },
    segmentBytes: 4_096,
    planting: {},
    signing,
  };
  const life = new Life(setting, 0, new Set());
  const engine = await life.begin({ publish: () => {}, dispatch: () => {}, withdraw: () => {} });
  for (const chart of charts.others) await engine.act.installChart(chart);
  for (const [number, actor] of workload().actors.entries()) {
    const { name } = actor;
    const roles = actor.roles.map((role) => ({ role, scope: "*" }));
    const { key } = signing.signer(name);
    const instance = `identity/${name}`;
    const message = messageOf(
      { instance, transition: "Identity_Register", inputs: { key, kind: "human", roles } },
      {
        seen: seenIn(engine.state, instance),
        signer: operator,
        now: clock.now(),
        number,
        key: `sim:0:beginning:${name}`,
      },
    );
    const op = recorder.propose("operator", message.text);
    const answer = await engine.propose(message.text);
    if (answer.kind === "refused")
      throw new Error(`the beginning: ${JSON.stringify(answer.refused)}`);
    const { index, replayed, text } = answer;
    recorder.proposed(op, { kind: "accepted", index, replayed, text });
  }
  const [first = ""] = await engine.records(0, 1);
  await life.stop();
  return {
    charts,
    kernel: rememberingReplays(kernel),
    genesis,
    disk,
    ops: recorder.ops,
    endMs: clock.now(),
    workload,
    invariants,
    signing,
    stepsTimes,
    crowd,
    first,
  };
}
