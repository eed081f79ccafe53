import type { ProjectPlan } from "../project-file/project-plan.ts";
import { ANSWER_MS, asked, asReason, isAbout, isOpen, projectStep, PROVISION_MS } from "./steps.ts";
import type { SeenAgent, Step, View } from "./view.ts";

/** Times in a row that a lead may say that it cannot provision before another one is sought. */
const PROVISION_FAILURES_MAX = 3;

/** What every environment consists of: a checkout of exactly the pinned content. */
const ASSETS = ["checkout"];

/** Environment rows: capacity, provisioning by a lead agent, health; what the lead leaves half done is taken back. */
export function decideEnvironment(view: View): readonly Step[] {
  const { plan, project } = view;
  if (!project.in("Lifecycle.PROJECT_LIFECYCLE") || !isOpen(view, "environment")) return [];
  if (project.in("Environment.ALLOCATE")) return plan === undefined ? [] : allocate(view, plan);
  if (project.in("Environment.PROVISION")) return provision(view);
  if (project.in("Environment.HEALTHCHECK")) return checkHealth(view);
  return keep(view);
}

function allocate(view: View, plan: ProjectPlan): readonly Step[] {
  const { capacity, now, project } = view;
  const { target } = project;
  // A plan that is done needs none.
  if (target === undefined || project.in("Execution.EXECUTION.REVERB")) return [];
  const leads = view.agents
    .filter(({ isHere, isTrusted }) => isHere && isTrusted)
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  // After a failure it goes round: whoever could not make it is not asked for ever.
  const turn = project.context.environment.reason === "" ? 0 : project.seq;
  const lead = leads[turn % leads.length];
  if (lead === undefined || capacity === undefined || capacity.valid_until <= now) return [];
  if (capacity.holders.includes(project.id)) return [];
  const seats = plan.roles.reduce((sum, role) => sum + role.seats, 0);
  if (capacity.free - capacity.reserved < seats) return [];
  return [
    projectStep(view, "Environment_CapacityOk", {
      ...target,
      assets: [...ASSETS],
      demand: seats,
      lead: lead.id,
    }),
  ];
}

function provision(view: View): readonly Step[] {
  const { project } = view;
  const lead = leadOf(view);
  if (!isAbout(lead, view.patience.lostMs)) return deprovision(view, "the lead agent is gone");
  const effect = project.effect("provision");
  if (lead === undefined || !lead.isHere || effect === undefined) return [];
  const { assets, content_hash: contentHash } = project.context.environment;
  const key = `provision:${effect}:${lead.connection}`;
  const answer = view.answers.get(key);
  if (answer?.kind === "failed" && answer.refusals >= PROVISION_FAILURES_MAX)
    return deprovision(view, `${lead.id} cannot provision: ${answer.message}`);
  return asked(view, {
    key,
    agent: lead.id,
    op: "environment.provision",
    data: { assets: [...assets], content_hash: contentHash, effect, instance: project.instance },
    deadlineMs: PROVISION_MS,
  }).steps;
}

/** Green where the lead says so; where it says no, amber at first, and given back the second time. */
function checkHealth(view: View): readonly Step[] {
  const { project } = view;
  const lead = leadOf(view);
  if (!isAbout(lead, view.patience.lostMs)) return deprovision(view, "the lead agent is gone");
  if (lead === undefined || !lead.isHere) return [];
  const { content_hash: contentHash, manifest } = project.context.environment;
  const { steps, value } = asked(view, {
    key: `health:${project.instance}:${project.seq}:${lead.connection}`,
    agent: lead.id,
    op: "environment.health",
    data: { content_hash: contentHash, instance: project.instance, manifest },
    deadlineMs: ANSWER_MS,
  });
  if (value === undefined) return steps;
  const { ok, reason }: { ok?: unknown; reason?: unknown } = Object(value);
  if (ok === true) return [projectStep(view, "Environment_Green")];
  if (project.in("Environment.DEGRADED")) return deprovision(view, String(reason));
  return [projectStep(view, "Environment_Amber", { reason: asReason(String(reason)) })];
}

/** A ready environment is amber while its lead is away, and is given back where it serves other content than what is next. */
function keep(view: View): readonly Step[] {
  const { patience, project } = view;
  const { environment } = project.context;
  const { target } = project;
  const isStale =
    target !== undefined &&
    (environment.content_hash !== target.content_hash || environment.version !== target.version);
  if (isStale) return deprovision(view, `version ${target.version} is ready`);
  const isHere = isAbout(leadOf(view), patience.lostMs);
  if (!isHere && project.in("Environment.READY"))
    return [projectStep(view, "Environment_Amber", { reason: "the lead agent is gone" })];
  return isHere && project.in("Environment.DEGRADED") ? checkHealth(view) : [];
}

function deprovision(view: View, reason: string): readonly Step[] {
  return [projectStep(view, "Environment_Deprovision", { reason: asReason(reason) })];
}

function leadOf({ agents, project }: View): SeenAgent | undefined {
  return agents.find(({ id }) => id === project.context.environment.lead);
}
