import type { Document, JsonObject } from "@swoosh/kernel";
import { readCharts } from "../../charts/read-charts.ts";
import { SHIPPED_CHARTS } from "../../charts/shipped-charts.ts";
import { createServerKernel } from "../../node/create-server-kernel.ts";
import { readProjectFile } from "../../project-file/read-project-file.ts";
import { Project } from "../project-document.ts";
import type { CallAnswer, SeenAgent, Step, View } from "../view.ts";

const chart = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined).find(
  ({ name }) => name === "project",
);
if (chart === undefined) throw new Error("the project chart does not load");
const INITIAL: JsonObject = chart.initialContext;
/** Of content. */
export const HASH = `sha256-${"a".repeat(64)}`;
export const KEYS = ["k1", "k2", "k3"];
export const PINS = { content_hash: HASH, version: 1 };
const NOW = 1_000;

const { plan } = readProjectFile(
  "goal: g\nroles: [{ name: r, core: true, seats: 3 }]\ntasks: [{ id: t, run: x }]\n",
);

/** The parts of the lifecycle in the order of the chart, then Run, Service, Policy. */
export interface At {
  readonly boot?: string;
  readonly parts?: string;
  readonly run?: string;
  readonly service?: string;
  readonly policy?: string;
}

function leavesOf({ boot, parts = "", policy = "CLEAR", run = "RUNNING", service = "FULL" }: At) {
  const names = ["Ingestion", "Council", "Environment", "Execution"];
  const life =
    boot === undefined
      ? parts
          .split(" ")
          .map((state, place) => `Lifecycle.PROJECT_LIFECYCLE.${names[place] ?? ""}.${state}`)
      : [`Lifecycle.BOOT.${boot}`];
  return [...life, `Policy.${policy}`, `Run.${run}`, `Service.${service}`];
}

/** An agent that is here, or gone for so many ms. */
export function agent(id: string, key: string, goneMs = 0): SeenAgent {
  return {
    capabilities: ["any"],
    connection: 1,
    fence: 0,
    goneMs,
    id,
    isConnected: goneMs === 0,
    isFree: true,
    isHere: goneMs === 0,
    isTrusted: true,
    key,
    pool: "main",
    session: "",
  };
}

export const AGENTS = KEYS.map((key, place) => agent(`a${place + 1}`, key));
export const MEMBERS = {
  ...PINS,
  core_roles: ["r"],
  members: KEYS.map((key) => ({ key, role: "r" })),
  roles: ["r"],
};
export const READY = { council: MEMBERS, environment: { ...PINS, lead: "a1" }, ingestion: PINS };
export const task = (state: string, attempts = 1) => ({
  attempts,
  fence: attempts,
  id: "t",
  state,
});
/** A context in which a plan is locked. */
export const running = (more: JsonObject): JsonObject => ({
  ...READY,
  execution: { ...PINS, threshold: 2, review_until: 99, ...more },
});

/** The document of one project in these states, with these parts of its context over the initial ones. */
export function documentOf(at: At, context: JsonObject): Document {
  const merged = Object.fromEntries(
    Object.entries(INITIAL).map(([name, value]) => [
      name,
      { ...Object(value), ...Object(context[name] ?? {}) },
    ]),
  );
  return {
    configuration: leavesOf(at),
    context: merged,
    effects: [{ id: "project/p#1.0", name: "provision" }],
    epoch: {},
    history: {},
    hlc_last: "",
    meta: {
      chart: "project",
      chart_hash: HASH,
      ended: false,
      instance: "project/p",
      origin: "o",
      seq: 7,
      version: 1,
    },
    timers: [],
  } as unknown as Document;
}

/** The view of one project in these states, with these parts of its context over the initial ones. */
export function viewOf(at: At, context: JsonObject, more: Partial<View>): View {
  return {
    now: NOW,
    origin: "o",
    project: new Project(documentOf(at, context)),
    plan,
    config: {
      attemptsMax: 3,
      pool: "main",
      slots: { plan: "plan", work: "execute", review: "review", reverb: "downbeat_after_review" },
      tide: null,
    },
    beat: frame("execute"),
    stoppedBeat: 0,
    licence: { isGranted: true, isDenied: false, reason: "", stop_at: 9_000, valid_until: 5_000 },
    capacity: { free: 9, holders: [], reserved: 0, valid_until: 9_000 },
    tools: new Map(),
    claims: [],
    agents: AGENTS,
    sessions: [],
    answers: new Map<string, CallAnswer>(),
    holds: () => false,
    patience: { quorumMs: 100, lostMs: 1_000 },
    ...more,
  };
}

/** A frame of the tempo, in the middle of its phase unless said otherwise. */
export function frame(phase: string, more: Partial<NonNullable<View["beat"]>> = {}): View["beat"] {
  return {
    beat_index: 10,
    deadline_at: 9_999,
    downbeat: false,
    phase,
    prev_phase: phase,
    window_id: "w",
    ...more,
  };
}

export const DOWNBEAT = frame("plan", { downbeat: true, prev_phase: "review" });
export const session = (
  state: string,
  more: Partial<View["sessions"][number]> = {},
): View["sessions"] => [
  {
    agent: "a1",
    beat: 1,
    evidence: "",
    fence: 1,
    holder: "p",
    id: "s1",
    key: "k1",
    pool: "main",
    state,
    task: "t",
    ...more,
  } as View["sessions"][number],
];

/** A step as tables write it. */
export function told(step: Step): string {
  switch (step.kind) {
    case "propose":
      return `${step.transition}${step.by === "fleet" ? " by fleet" : ""}`;
    case "ask":
      return `${step.agent} ${step.op}`;
    case "lease":
    case "release":
      return `${step.kind} ${step.session.id}`;
  }
}
