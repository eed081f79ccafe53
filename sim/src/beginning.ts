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
import { signingOfAnotherNode, TEST_SIGNING, type Signing } from "./world/signing.ts";
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
  /** Texts of its records. */
  readonly records: readonly string[];
  /** Disks on which others began the same. Made when they are first asked for. */
  others(): Promise<OtherDisks>;
}

/** Disks whose files have the same names and lengths as those of the beginning, and are somebody else's. */
export interface OtherDisks {
  /** This node began another log on it. */
  readonly log: SimulatedDisk;
  /** Another node's, of a log with the same origin. */
  readonly node: SimulatedDisk;
}

/** How many take part. */
export interface Crowd {
  /** At work at the same time: what one does in a step, so many do. */
  readonly clients: number;
  /** null: each seed draws its own. */
  readonly followers: number | null;
}

export const START_MS = 1_767_225_600_000;

/** Whose random numbers give a log another origin than that of every seed. */
const OTHER_LIFE = 1;

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
  const begun = await beginLog(charts, { workload, signing, life: 0 });
  let others: Promise<OtherDisks> | undefined;
  const otherDisks = async (): Promise<OtherDisks> => {
    const log = await beginLog(charts, { workload, signing, life: OTHER_LIFE });
    const stranger = signingOfAnotherNode(signing);
    const node = await beginLog(charts, { workload, signing: stranger, life: 0 });
    return { log: log.disk, node: node.disk };
  };
  return {
    ...begun,
    charts,
    kernel: rememberingReplays(charts.kernel),
    workload,
    invariants,
    signing,
    stepsTimes,
    crowd,
    others: () => (others ??= otherDisks()),
  };
}

/** A log with charts and identities in it, and who made it how. */
async function beginLog(
  charts: SimCharts,
  about: Pick<Beginning, "workload" | "signing"> & { readonly life: number },
): Promise<Pick<Beginning, "genesis" | "disk" | "ops" | "endMs" | "records">> {
  const { signing, workload } = about;
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
  const life = new Life(setting, about.life, new Set());
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
  const records = await engine.records(0, engine.status().size);
  await life.stop();
  return { genesis, disk, ops: recorder.ops, endMs: clock.now(), records };
}
