import { atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { Arm, ArmResult, ArmSample, Experiment, RunContext } from "./experiment.ts";

/** What the host lends as `process`: a process of its own for one job, whose answer it gives. */
type LentProcess = (
  job: object,
) => Promise<
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }
>;

const MB = 1_000_000;
const NO_PROCESS = "this host lends no process of its own";

interface SoakShape {
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly ticksPerSecond: number;
  readonly leak?: number;
  readonly untilLeak?: boolean;
  readonly throwAtTick?: number;
}

/** A soak in a process of its own: what it held in group `series`, how it ended in group `end`. */
async function soaked(context: RunContext, shape: SoakShape): Promise<ArmResult> {
  const run = lentProcess(context);
  if (run === undefined) return { ran: false, reason: NO_PROCESS };
  // A small run shows that the arms work: a minute says little of a slope, and the report says that it was small.
  const seconds = context.size === "full" ? shape.seconds : 60;
  const warmupSeconds = context.size === "full" ? shape.warmupSeconds : 5;
  const answer = await run({
    leak: 0,
    untilLeak: false,
    ...shape,
    kind: "soak",
    seconds,
    warmupSeconds,
  });
  if (!answer.ok) return { ran: true, samples: [endOf({ errors: 1 })] };
  const fields = fieldsOf(answer.value);
  const list = fields.get("samples");
  const series = (Array.isArray(list) ? list : []).map(fieldsOf);
  const ended = endOf({
    errors: 0,
    ticks: numberOf(fields, "ticks"),
    tickMsP99: numberOf(fields, "tickMsP99"),
    held: numberOf(fields, "held"),
    handlesMore: numberOf(series.at(-1), "handles") - numberOf(series[0], "handles"),
    minutes: numberOf(fields, "seconds") / 60,
    ticksPerSecond: numberOf(fields, "ticks") / numberOf(fields, "seconds"),
  });
  const samples = series.map((one): ArmSample => ({
    group: "series",
    values: {
      hours: numberOf(one, "seconds") / 3_600,
      heapBytes: numberOf(one, "heapBytes"),
      residentBytes: numberOf(one, "residentBytes"),
    },
  }));
  return { ran: true, samples: [...samples, ended] };
}

/** How a soak ended. */
function endOf(values: Readonly<Record<string, number>>): ArmSample {
  return { group: "end", values };
}

function lentProcess(context: RunContext): LentProcess | undefined {
  const lent = context.lend("process");
  // The name is the agreement: whoever lends it knows the jobs.
  return typeof lent === "function" ? (lent as LentProcess) : undefined;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
}

function numberOf(fields: ReadonlyMap<string, unknown> | undefined, name: string): number {
  const value = fields?.get(name);
  return typeof value === "number" ? value : Number.NaN;
}

const HOUR: SoakShape = { warmupSeconds: 300, seconds: 3_600, ticksPerSecond: 100 };
const LEAK: SoakShape = {
  warmupSeconds: 60,
  seconds: 540,
  ticksPerSecond: 100,
  leak: 10_000,
  untilLeak: true,
};
const LEAK_ARM = "leaks 10 KB/s";

const slopeOf = (metric: string) => ({
  statistic: { kind: "slope", metric, over: "hours" } as const,
  groups: ["series"],
  unit: "bytes an hour",
});

const atTheEnd = (metric: string) => ({
  statistic: { kind: "worst", metric } as const,
  groups: ["end"],
});

const NO_LEAK: Experiment = {
  id: "stability.no-leak",
  section: "5.3",
  title: "No leak in an hour",
  method:
    "A process of its own: 5×5 cells under 16 shards, 100 ticks a second, every event written to a line, 300 s of warming up, then 3,600 s with a sample of heap (after a collection) and resident memory each 10 s. The young generation of its heap has one size from the beginning: V8 would otherwise double it whenever enough has outlived a collection, up to 128 MB and hours after the start. The slope is that of Theil and Sen, and its upper end counts. Registries: shards and copies that the books keep beyond the load; handles: what the process waits for. The mutant loses 10,000 bytes a second.",
  workload: { hour: { ...HOUR }, leak: { ...LEAK }, shards: 16, side: 5 },
  seeds: seedsFrom(1, 1),
  arms: [
    { name: "ours", role: "ours", run: (_, context) => soaked(context, HOUR) },
    {
      name: LEAK_ARM,
      role: "mutant",
      run: (_, context) => soaked(context, LEAK),
      mustFail: ["heap", "resident"],
    },
  ],
  claims: [
    atMost("heap", "seed", MB, "the heap grows by at most 1 MB an hour", slopeOf("heapBytes")),
    atMost("resident", "seed", MB, "resident memory too", slopeOf("residentBytes")),
    atMost("handles", "seed", 0, "no handle more at the end", atTheEnd("handlesMore")),
    atMost("held", "seed", 0, "no entry more in the books", atTheEnd("held")),
    atMost("caught", "seed", 10, "a leak of 10 KB/s is proven within ten minutes", {
      ...atTheEnd("minutes"),
      arm: LEAK_ARM,
      unit: "minutes",
    }),
    atMost("heap-design", "ambitious", MB / 10, "a tenth of that", slopeOf("heapBytes")),
    atMost("resident-design", "ambitious", MB / 10, "resident too", slopeOf("residentBytes")),
    atLeast("tempo", "ambitious", 99, "99 of the 100 ticks a second were made", {
      ...atTheEnd("ticksPerSecond"),
      unit: "ticks/s",
    }),
  ],
};

const TEN_MINUTES: SoakShape = { warmupSeconds: 60, seconds: 600, ticksPerSecond: 10 };

const WITHOUT_ERROR: Experiment = {
  id: "stability.ten-minutes",
  section: "5.4",
  title: "Ten minutes without an error",
  method:
    "The same at 10 ticks a second for 600 s after 60 s. The mesh counts its books against the copies in its cells at every tick and throws where they differ, which ends the process.",
  workload: { shape: { ...TEN_MINUTES }, throwAtTick: 300 },
  seeds: seedsFrom(1, 1),
  arms: [
    { name: "ours", role: "ours", run: (_, context) => soaked(context, TEN_MINUTES) },
    {
      name: "throws once",
      role: "mutant",
      run: (_, context) => soaked(context, { ...TEN_MINUTES, throwAtTick: 300 }),
      mustFail: ["errors"],
    },
  ],
  claims: [
    atMost("errors", "seed", 0, "no error, books right at every tick", atTheEnd("errors")),
    atMost("period", "seed", 100, "99 % of the ticks end within their period", {
      ...atTheEnd("tickMsP99"),
      unit: "ms",
    }),
    atMost("heap", "seed", MB, "the heap grows by at most 1 MB an hour", slopeOf("heapBytes")),
  ],
};

/** What is held, the most it may be by the criterion and by the design, and what a mutant takes besides. */
const HOLDS = [
  { what: "mesh-5", bar: 3_000, design: 150, waste: 3_100 },
  { what: "mesh-100", bar: 3_000, design: 300, waste: 3_100 },
  { what: "fields-1024", bar: 1_000, design: 100, waste: 1_100 },
  { what: "pulses-1024", bar: 5_000, design: undefined, waste: 5_100 },
] as const;

const held =
  (isWasteful: boolean): Arm["run"] =>
  async (_, context) => {
    const run = lentProcess(context);
    if (run === undefined) return { ran: false, reason: NO_PROCESS };
    const samples: ArmSample[] = [];
    for (const { what, waste } of HOLDS) {
      const answer = await run({ kind: "hold", what, wasteBytes: isWasteful ? waste * MB : 0 });
      if (!answer.ok) return { ran: false, reason: answer.problem };
      const fields = fieldsOf(answer.value);
      samples.push({
        group: what,
        values: {
          peakMb: numberOf(fields, "peakBytes") / MB,
          arrayMb: numberOf(fields, "arrayBytes") / MB,
        },
      });
    }
    return { ran: true, samples };
  };

const PEAKS: Experiment = {
  id: "stability.memory",
  section: "5.2, 5.4, 5.5",
  title: "Memory",
  method:
    "A process of its own for each: a mesh of 5×5 and one of 100×100 cells with keys of 768 numbers under 16 shards; a grid of 1,024² cells with energy, amplitude and a scan for patterns; one with eight channels of pulses. 200 ticks. The most that the process had resident, its start (compilers, the whole package) included, in MB of 10⁶ bytes. The mutant takes a little more than the bar besides.",
  workload: { holds: HOLDS.map(({ what, waste }) => ({ what, waste })), ticks: 200 },
  seeds: seedsFrom(1, 1),
  arms: [
    { name: "ours", role: "ours", run: held(false) },
    {
      name: "takes more",
      role: "mutant",
      run: held(true),
      mustFail: HOLDS.map(({ what }) => what),
    },
  ],
  claims: [
    ...HOLDS.map(({ what, bar }) =>
      atMost(what, "seed", bar, `${what}: at most ${bar / 1_000} GB`, {
        statistic: { kind: "worst", metric: "peakMb" },
        groups: [what],
        unit: "MB",
      }),
    ),
    ...HOLDS.flatMap(({ what, design }) =>
      design === undefined
        ? []
        : [
            atMost(`${what}-design`, "ambitious", design, `${what}: at most ${design} MB`, {
              statistic: { kind: "worst", metric: "peakMb" },
              groups: [what],
              unit: "MB",
            }),
          ],
    ),
    atMost("pulses-design", "ambitious", 64, "the pulses' arrays: at most 64 MB", {
      statistic: { kind: "worst", metric: "arrayMb" },
      groups: ["pulses-1024"],
      unit: "MB",
    }),
  ],
};

/** Criteria that hours and processes of their own judge. */
export const STABILITY_CRITERIA: readonly Experiment[] = [NO_LEAK, WITHOUT_ERROR, PEAKS];
