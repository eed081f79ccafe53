import { chooseAgent, isLive, sessionIdOf, fenceFor, type Session } from "@swoosh/fleet";
import { hex, type Hasher, type JsonObject } from "@swoosh/kernel";
import { lockedPlanOf } from "../project-file/plan-inputs.ts";
import type { ProjectPlan, ProjectTask } from "../project-file/project-plan.ts";
import type { TaskState } from "./project-document.ts";
import {
  agentOf,
  ANSWER_MS,
  asReason,
  isAbout,
  isLicensed,
  isOpen,
  projectStep,
  textOf,
} from "./steps.ts";
import type { Step, View } from "./view.ts";

/** Execution rows: PLAN → WORK → REVIEW → REVERB. */
export function decideExecution(view: View, hasher: Hasher): readonly Step[] {
  const { plan, project } = view;
  if (!project.in("Lifecycle.PROJECT_LIFECYCLE")) return [];
  if (project.in("Execution.EXECUTION.WORK"))
    return plan === undefined ? [] : work(view, plan, hasher);
  if (!mayWork(view)) return [];
  if (project.in("Execution.EXECUTION.REVIEW")) return review(view);
  if (project.in("Execution.EXECUTION.REVERB")) return reverb(view, hasher);
  return plan === undefined ? [] : lockPlan(view, plan, hasher);
}

/** New work may begin: running, licensed, not quarantined. */
function mayWork(view: View): boolean {
  const { project } = view;
  return project.in("Run.RUNNING") && project.in("Policy.CLEAR") && isLicensed(view);
}

/** P of the design's table, without the pins: the chart checks those. */
function isStaffed({ project }: View): boolean {
  return (
    project.in("Council.READY") &&
    (project.in("Environment.READY") || project.in("Environment.DEGRADED"))
  );
}

function lockPlan(view: View, plan: ProjectPlan, hasher: Hasher): readonly Step[] {
  const { project } = view;
  const { council, environment, execution } = project.context;
  const { target } = project;
  if (!project.in("Service.FULL") || !isStaffed(view) || !isOpen(view, "plan")) return [];
  if (target === undefined || !isFor(council, target) || !isFor(environment, target)) return [];
  if (!isFor(execution, target) || project.in("Execution.WAITING"))
    return [projectStep(view, "Lifecycle_AllReady")];
  const locked = lockedPlanOf(hasher, plan);
  // Its members turned this very plan down: it does not become better by trying again. A person owes a new version.
  if (isTurnedDown(view, locked.plan_hash)) return [];
  return [projectStep(view, "Execution_PlanLocked", locked)];
}

interface Pinned {
  readonly content_hash: string;
  readonly version: number;
}

function isFor(one: Pinned, other: Pinned): boolean {
  return one.content_hash === other.content_hash && one.version === other.version;
}

/** The plan that is next was rejected on this content. */
export function isTurnedDown({ project }: Pick<View, "project">, planHash: string): boolean {
  const { plan_hash: last, rejections } = project.context.execution;
  return project.in("Execution.EXECUTION.PLAN") && rejections.length > 0 && last === planHash;
}

function work(view: View, plan: ProjectPlan, hasher: Hasher): readonly Step[] {
  const { config, project } = view;
  const { tasks } = project.context.execution;
  const steps = tasks.flatMap((task) => {
    const asked = plan.tasks.find(({ id }) => id === task.id);
    return asked === undefined ? [] : move(view, { task, asked, tasks, hasher });
  });
  if (steps.length > 0) return steps;
  const lost = lostTasks(plan, tasks, config.attemptsMax);
  const isDecided = tasks.every(({ id, state }) => state === "done" || lost.has(id));
  if (!isDecided || !mayWork(view) || !isOpen(view, "review")) return [];
  return [projectStep(view, "Execution_ReviewGate")];
}

/** Ids of tasks that no agent can do in this window any more: they failed for good, or need one that did. */
function lostTasks(
  plan: ProjectPlan,
  tasks: readonly TaskState[],
  attemptsMax: number,
): ReadonlySet<string> {
  const failed = tasks.filter(
    ({ attempts, state }) => state === "failed" && attempts >= attemptsMax,
  );
  const lost = new Set(failed.map(({ id }) => id));
  const needing = (id: string) => plan.tasks.filter(({ needs }) => needs.includes(id));
  // A set is walked in the order of what is added to it, and to its end.
  for (const id of lost) for (const next of needing(id)) lost.add(next.id);
  return lost;
}

interface Moved {
  readonly task: TaskState;
  readonly asked: ProjectTask;
  readonly tasks: readonly TaskState[];
  readonly hasher: Hasher;
}

/**
 * One task: from waiting over a session and its lease to whatever came of it. An agent that was lent before its task was assigned
 * goes back where the environment is gone, also from a project that may not work: the next one is made of agents that are free,
 * and a project that kept one of them could wait for itself for ever.
 */
function move(view: View, moved: Moved): readonly Step[] {
  const { task } = moved;
  const session = view.sessions.find((one) => one.task === task.id && isLive(one));
  switch (task.state) {
    case "done":
      return [];
    case "assigned":
    case "started":
      // Without a licence its lease is taken back; it is nobody's fault, so nothing is given up for it.
      return session === undefined || !isLicensed(view) ? [] : watch(view, moved, session);
    case "waiting":
    case "failed":
      if (task.state === "failed" && task.attempts >= view.config.attemptsMax) return [];
      if (session?.state === "ALLOCATED" && view.project.in("Environment.ALLOCATE"))
        return [sessionStep(session.id, "Session_Release", { reason: "no environment" })];
      if (!mayWork(view) || !isStaffed(view)) return [];
      return session === undefined ? request(view, moved) : staff(view, moved, session);
  }
}

function request(view: View, { asked, hasher, task, tasks }: Moved): readonly Step[] {
  const { config, project } = view;
  const isReady = asked.needs.every((need) =>
    tasks.some(({ id, state }) => id === need && state === "done"),
  );
  if (!isReady) return [];
  const id = sessionIdOf(hasher, { holder: project.id, task: task.id, turn: project.seq });
  const inputs = { holder: project.id, kind: "task", pool: config.pool, task: task.id };
  return [sessionStep(id, "Session_Request", inputs)];
}

/** An agent for a session that has none; the task under the lease of one that has. */
function staff(view: View, { asked, task }: Moved, session: Session): readonly Step[] {
  const { project } = view;
  if (session.state === "ALLOCATED") {
    if (!isAbout(agentOf(view, session.key), view.patience.lostMs))
      return [sessionStep(session.id, "Session_Fail", { reason: "the agent is gone" })];
    if (!isOpen(view, "work")) return [];
    const inputs = { fence: session.fence, session: session.id, task: task.id };
    return [projectStep(view, "Execution_TaskAssigned", inputs)];
  }
  if (session.state !== "REQUESTED" && session.state !== "QUEUED") return [];
  const preferred = project.context.council.members
    .filter(({ role }) => role === asked.role)
    .map(({ key }) => key);
  const here = view.agents.filter(({ isHere }) => isHere);
  const agent = chooseAgent(here, {
    pool: session.pool,
    capability: asked.role,
    preferred,
    onlyPreferred: false,
  });
  if (agent !== undefined) {
    const inputs = { agent: agent.id, fence: fenceFor(agent, task.fence), key: agent.key };
    // The fleet lends, so that its word counts where the agent is gone and cannot give its own.
    return [sessionStep(session.id, "Session_Allocate", inputs, "fleet")];
  }
  if (session.state === "QUEUED") return [];
  return [sessionStep(session.id, "Session_Queue", { reason: "no agent is free" })];
}

/** A task that runs: handed over where the agent does not have it, given up where agent or time is gone. */
function watch(view: View, { asked, hasher, task }: Moved, session: Session): readonly Step[] {
  if (session.fence !== task.fence) return [];
  const { beat, patience, project, stoppedBeat } = view;
  const agent = agentOf(view, session.key);
  if (!isAbout(agent, patience.lostMs)) return [giveUp(view, hasher, session, "its agent is gone")];
  // What was taken back begins anew, and so does its time.
  const from = Math.max(session.beat, stoppedBeat);
  const late = beat !== undefined && session.beat > 0 && beat.beat_index - from;
  if (typeof late === "number" && late > asked.deadlineBeats) {
    const reason = `not done within ${asked.deadlineBeats} beats`;
    const tell: readonly Step[] = view.holds(session)
      ? [{ kind: "release", session, reason: "deadline" }]
      : [];
    return [...tell, giveUp(view, hasher, session, reason)];
  }
  if (agent === undefined || !agent.isHere || view.holds(session)) return [];
  return [{ kind: "lease", session, data: leaseData(view, asked, project.instance) }];
}

/** What the agent needs to know to do the task. */
function leaseData(view: View, asked: ProjectTask, instance: string): JsonObject {
  const { execution } = view.project.context;
  const gate = view.plan?.gates.find(({ name }) => name === asked.gate);
  return {
    artefacts: [...asked.artefacts],
    content_hash: execution.content_hash,
    gate: gate === undefined ? null : JSON.parse(JSON.stringify(gate)),
    instance,
    limits: { ...asked.limits },
    run: [...asked.run],
    task: asked.id,
  };
}

/** The fleet says that the task failed, for an agent that cannot: with what is known as evidence. */
function giveUp(view: View, hasher: Hasher, session: Session, reason: string): Step {
  const { beat, project } = view;
  const text = textOf({
    agent: session.agent,
    beat: beat?.beat_index ?? 0,
    fence: session.fence,
    kind: "swoosh.task.lost",
    reason,
    session: session.id,
    task: session.task,
  });
  return {
    kind: "propose",
    by: "fleet",
    instance: project.instance,
    transition: "Execution_TaskFailed",
    inputs: {
      evidence: evidenceHash(hasher, text),
      fence: session.fence,
      reason: asReason(reason),
      session: session.id,
      task: session.task,
    },
    store: [text],
  };
}

/** Members are asked for their decision in each review window; each proposes it itself. */
function review(view: View): readonly Step[] {
  const { beat, project } = view;
  const { council, execution } = project.context;
  const { approvals, rejections, threshold } = execution;
  if (approvals.length >= threshold && threshold > 0) {
    const isReady = isStaffed(view) && isOpen(view, "reverb");
    return isReady ? [projectStep(view, "Execution_ApprovalsThreshold")] : [];
  }
  const isPast = beat !== undefined && beat.beat_index > execution.review_until;
  // While no council sits, the next one is waited for.
  const isSeated = council.members.length > 0;
  if ((isSeated && council.members.length - rejections.length < threshold) || isPast)
    return [projectStep(view, "Execution_Rework")];
  if (beat === undefined) return [];
  // Outside of the window a member makes up its mind; inside it says so.
  const window = isOpen(view, "review") ? beat.window_id : "";
  return council.members.flatMap(({ key }, place): readonly Step[] => {
    if (approvals.includes(place) || rejections.includes(place)) return [];
    const agent = agentOf(view, key);
    if (agent === undefined || !agent.isHere) return [];
    const call = `review:${project.instance}:${execution.plan_hash}:${execution.review_until}:${window === "" ? "" : beat.beat_index}:${agent.id}`;
    if (view.answers.has(call)) return [];
    return [
      {
        kind: "ask",
        key: call,
        agent: agent.id,
        op: "execution.review",
        data: { instance: project.instance, window },
        deadlineMs: ANSWER_MS,
      },
    ];
  });
}

function reverb(view: View, hasher: Hasher): readonly Step[] {
  const { beat, project } = view;
  const { execution } = project.context;
  const isDone = execution.tasks.every(({ state }) => state === "done");
  if (isOpen(view, "reverb")) {
    if (execution.summary === "") return [submit(view, hasher)];
    if (isDone) return [projectStep(view, "Execution_Complete")];
  }
  const isNew = beat !== undefined && beat.window_id !== execution.window_id;
  if (execution.summary === "" || isDone || !isNew || !isOpen(view, "plan")) return [];
  return [projectStep(view, "Execution_NextWindow")];
}

/** The submission: every outcome by the hash of its evidence, and a summary for people. */
function submit(view: View, hasher: Hasher): Step {
  const { plan, project } = view;
  const { council, execution, ingestion } = project.context;
  const outcomes = execution.tasks.map(({ attempts, fence, id, state }) => {
    // Fences grow for a task within a plan, and for an agent: a session that came to nothing, or one of a former plan, may
    // have the same one. The newest that ended with evidence is the one that the outcome is of.
    const session = view.sessions.findLast(
      (one) => one.task === id && one.fence === fence && one.evidence !== "",
    );
    const { agent = "", evidence = "" } = session ?? {};
    return { agent, attempts, evidence, state, task: id };
  });
  const artefacts = textOf({ kind: "swoosh.artefacts", outcomes, project: project.instance });
  const summary = textOf({
    approvals: execution.approvals.length,
    content_hash: execution.content_hash,
    council: council.members.map((one) => ({ ...one })),
    goal: plan?.goal ?? "",
    kind: "swoosh.summary",
    plan_hash: execution.plan_hash,
    project: project.instance,
    tasks: outcomes,
    term: council.term,
    threshold: execution.threshold,
    version: ingestion.version,
    window: view.beat?.window_id ?? "",
  });
  return projectStep(
    view,
    "Execution_Submit",
    { artefacts: evidenceHash(hasher, artefacts), summary: evidenceHash(hasher, summary) },
    { store: [artefacts, summary] },
  );
}

/** Sessions of the project that no task needs any more: agents must not stay lent to nobody. */
export function decideLeftovers(view: View): readonly Step[] {
  const { project } = view;
  const isWorking = project.in("Execution.EXECUTION.WORK") && !project.isEnded;
  return view.sessions.flatMap((session): readonly Step[] => {
    if (!isLive(session)) return [];
    const task = project.context.execution.tasks.find(({ id }) => id === session.task);
    if (isWorking && task !== undefined && task.state !== "done") return [];
    const reason = "the project needs it no more";
    const tell: readonly Step[] = view.holds(session)
      ? [{ kind: "release", session, reason: "ended" }]
      : [];
    return [...tell, sessionStep(session.id, "Session_Release", { reason })];
  });
}

function sessionStep(
  id: string,
  transition: string,
  inputs: JsonObject,
  by: "driver" | "fleet" = "driver",
): Step {
  return { kind: "propose", by, instance: `session/${id}`, transition, inputs };
}

/** Evidence is named by the hash of its raw bytes. */
export function evidenceHash(hasher: Hasher, text: string): string {
  return `sha256-${hex(hasher.sha256(text))}`;
}
