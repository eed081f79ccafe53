import type { Criterion } from "./check.ts";
import { hasErrors, type FileProblem } from "./file-problem.ts";
import { FileReading, type Place } from "./file-reading.ts";
import { LADDER_NAME_LENGTH_MAX, STAGE_GATES_MAX } from "./limits.ts";
import { readGate } from "./read-criterion.ts";

/** Of seed 002, in order; a file names each at most once. */
export const STAGES = ["plan", "build", "validate", "review", "release"] as const;
export type Stage = (typeof STAGES)[number];

/** What P1 does before it escalates: a setting is lowered, step by step. */
export interface DegradeStep {
  readonly setting: string;
  readonly to: string;
  /** A command that lowers it (`SWOOSH_SETTING`, `SWOOSH_TO`); null: it is told, and who owns the setting carries it out. */
  readonly run: string | null;
}

/** `gates/lifecycle.yaml`, read. */
export interface Lifecycle {
  readonly name: string;
  readonly version: string;
  readonly date: string | null;
  readonly policy: string | null;
  readonly phase: number;
  readonly stages: Readonly<Record<Stage, readonly Criterion[]>>;
  /** Signatures of people that the plan and the review need. */
  readonly approvals: { readonly plan: number; readonly review: number };
  readonly degrade: readonly DegradeStep[];
  readonly notify: { readonly command: string | null; readonly webhook: string | null };
  /** Commands that P0 runs beside stopping the gates: what pauses projects and leases. */
  readonly onP0: readonly string[];
  /** Success criteria by phase: what a person reads, and what measures them. */
  readonly phases: readonly Phase[];
}

export interface Phase {
  readonly phase: number;
  readonly name: string;
  readonly criteria: readonly Criterion[];
}

export interface ReadLifecycle {
  readonly lifecycle?: Lifecycle;
  readonly problems: readonly FileProblem[];
}

const KEYS = [
  "lifecycle",
  "policy",
  "version",
  "date",
  "phase",
  "stages",
  "phases",
  "degrade",
  "notify",
  "on_p0",
  "environment",
];

export function readLifecycleFile(text: string): ReadLifecycle {
  const reading = new FileReading(text, "a lifecycle");
  const { root } = reading;
  if (root === undefined) return { problems: reading.sorted() };
  reading.knows(root, KEYS);
  const stages: Record<Stage, readonly Criterion[]> = {
    plan: [],
    build: [],
    validate: [],
    review: [],
    release: [],
  };
  const approvals = { plan: 1, review: 1 };
  let last = -1;
  for (const place of reading.maps(root, "stages")) {
    reading.knows(place, ["stage", "gates", "approvals", "note"]);
    const stage = reading.oneOf(place, "stage", STAGES);
    if (place.value["stage"] === undefined)
      reading.error("missing", place.path, `stage is missing; one of ${STAGES.join(", ")}`);
    if (stage === undefined) continue;
    const index = STAGES.indexOf(stage);
    if (index <= last)
      reading.error(
        "out_of_order",
        [...place.path, "stage"],
        `${stage} stands behind a later stage; stages are sequential: ${STAGES.join(" → ")}`,
      );
    last = index;
    stages[stage] = readGates(reading, place);
    const needed = readApprovals(reading, place);
    if (needed !== undefined && (stage === "plan" || stage === "review")) approvals[stage] = needed;
    else if (needed !== undefined)
      reading.error(
        "no_approvals_here",
        [...place.path, "approvals"],
        `people approve the plan and the review; ${stage} is decided by its gates`,
      );
  }
  if (root.value["stages"] === undefined)
    reading.error("missing", [], "stages is missing; a list of stages is expected");
  const phases = reading
    .maps(root, "phases")
    .map((place, index) => readPhase(reading, place, index));
  const lifecycle: Lifecycle = {
    name: reading.name(root, "lifecycle", LADDER_NAME_LENGTH_MAX) ?? "",
    version: reading.version(root, "version") ?? "1",
    date: reading.text(root, "date") ?? null,
    policy: reading.text(root, "policy") ?? null,
    phase: reading.integer(root, "phase", { least: 0, most: 99 }) ?? 0,
    stages,
    approvals,
    degrade: readDegrade(reading, root),
    notify: readNotify(reading, root),
    onP0: reading.texts(root, "on_p0"),
    phases,
  };
  uniqueIds(reading, lifecycle);
  const problems = reading.sorted();
  return hasErrors(problems) ? { problems } : { lifecycle, problems };
}

function readGates(reading: FileReading, place: Place): readonly Criterion[] {
  const gates = reading.maps(place, "gates").flatMap((one) => readGate(reading, one) ?? []);
  if (gates.length > STAGE_GATES_MAX)
    reading.error(
      "too_many",
      [...place.path, "gates"],
      `there are ${gates.length} gates; at most ${STAGE_GATES_MAX} a stage`,
    );
  return gates;
}

function readApprovals(reading: FileReading, place: Place): number | undefined {
  const approvals = reading.map(place, "approvals");
  if (approvals === undefined) return undefined;
  reading.knows(approvals, ["roles", "at_least"]);
  for (const role of reading.texts(approvals, "roles"))
    if (!role.endsWith(":human"))
      reading.error(
        "not_human",
        [...approvals.path, "roles"],
        `the role "${role}" is not a person's; write ${role}:human: no machine approves`,
      );
  return reading.integer(approvals, "at_least", { least: 1, most: 8 }) ?? 1;
}

function readPhase(reading: FileReading, place: Place, index: number): Phase {
  reading.knows(place, ["phase", "name", "criteria"]);
  return {
    phase: reading.integer(place, "phase", { least: 0, most: 99, required: true }) ?? index,
    name: reading.text(place, "name", { required: true, lengthMax: 80 }) ?? "",
    criteria: reading.maps(place, "criteria").flatMap((one) => readGate(reading, one) ?? []),
  };
}

function readDegrade(reading: FileReading, root: Place): readonly DegradeStep[] {
  return reading.maps(root, "degrade").map((place) => {
    reading.knows(place, ["setting", "to", "run"]);
    return {
      setting: reading.text(place, "setting", { required: true }) ?? "",
      to: reading.version(place, "to") ?? "",
      run: reading.text(place, "run") ?? null,
    };
  });
}

function readNotify(reading: FileReading, root: Place): Lifecycle["notify"] {
  const place = reading.map(root, "notify");
  if (place === undefined) return { command: null, webhook: null };
  reading.knows(place, ["command", "webhook"]);
  return {
    command: reading.text(place, "command") ?? null,
    webhook: reading.text(place, "webhook") ?? null,
  };
}

function uniqueIds(reading: FileReading, { stages, phases }: Lifecycle): void {
  const seen = new Set<string>();
  const all = [
    ...STAGES.flatMap((stage) => stages[stage]),
    ...phases.flatMap(({ criteria }) => criteria),
  ];
  for (const { id, line } of all) {
    if (seen.has(id))
      reading.error(
        "twice",
        [],
        `the id "${id}" at line ${line} is there twice; ids are unique in a lifecycle`,
      );
    seen.add(id);
  }
}
