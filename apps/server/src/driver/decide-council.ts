import { electCouncil, memberSetHash, openSeats, quorumOf, type Claim } from "@swoosh/guards";
import { isAble } from "@swoosh/fleet";
import type { Hasher, JsonObject } from "@swoosh/kernel";
import { councilInputsOf } from "../project-file/plan-inputs.ts";
import type { ProjectPlan } from "../project-file/project-plan.ts";
import type { Pins } from "./project-document.ts";
import {
  agentOf,
  ANSWER_MS,
  asked,
  asReason,
  isAbout,
  isOpen,
  projectStep,
  VOTE_AGAIN_MS,
} from "./steps.ts";
import type { SeenAgent, Step, View } from "./view.ts";

/** Council rows: opportunity, claims, election, votes, certificate; tools; who is gone is ejected. */
export function decideCouncil(view: View, hasher: Hasher): readonly Step[] {
  const { plan, project } = view;
  if (!project.in("Lifecycle.PROJECT_LIFECYCLE") || !isOpen(view, "council")) return [];
  if (project.in("Council.TOOLING_SYNC")) {
    if (!project.in("Run.RUNNING") || !areToolsGreen(view)) return [];
    return [projectStep(view, "Council_McpGreen")];
  }
  if (plan === undefined) return [];
  if (project.in("Council.PLAN_ROLES")) return loadProfiles(view, plan);
  if (project.in("Council.ELECT")) return elect(view, plan, hasher);
  return [...ejectGone(view), ...electAnew(view)];
}

function loadProfiles(view: View, plan: ProjectPlan): readonly Step[] {
  const offers = offerSeats(view, plan);
  if (offers.length > 0 || !isEveryRoleClaimed(view, plan)) return offers;
  return [projectStep(view, "Council_ProfilesLoaded", councilInputsOf(plan))];
}

function elect(view: View, plan: ProjectPlan, hasher: Hasher): readonly Step[] {
  const gone = ejectClaimants(view);
  if (gone.length > 0) return gone;
  const offers = offerSeats(view, plan);
  if (offers.length > 0) return offers;
  const { target } = view.project;
  if (target === undefined || !isCutOff(view, plan)) return [];
  return certify(view, { plan, target, hasher });
}

/**
 * Have all claimed who will? Where every seat is claimed, yes. A council with empty seats is elected at a downbeat, so that
 * agents that are about to come have a bar for it, and never one that is too small to lock the plan.
 */
function isCutOff(view: View, plan: ProjectPlan): boolean {
  if (!isEveryRoleClaimed(view, plan)) return false;
  const seats = plan.roles.reduce((sum, role) => sum + role.seats, 0);
  const members = electCouncil(plan.roles, view.claims).length;
  if (members === seats) return true;
  return view.beat?.downbeat === true && members >= Math.max(plan.threshold, quorumOf(seats));
}

/** Roles without enough claimants are offered to agents that have claimed nothing. */
function offerSeats(view: View, plan: ProjectPlan): readonly Step[] {
  const { agents, claims, project } = view;
  const able = agents.filter(
    ({ isHere, isTrusted, key }) =>
      isHere && isTrusted && !claims.some((claim) => claim.key === key),
  );
  const steps: Step[] = [];
  const taken = new Set<string>();
  for (const role of openSeats(plan.roles, claims)) {
    const agent = able.find((one) => !taken.has(one.id) && isAble(one, role));
    if (agent === undefined) continue;
    taken.add(agent.id);
    const { instance } = project;
    const { term } = project.context.council;
    steps.push({
      kind: "ask",
      key: `opportunity:${instance}:${term}:${agent.id}:${agent.connection}:${role}`,
      agent: agent.id,
      op: "council.opportunity",
      data: { instance, role, term },
      deadlineMs: ANSWER_MS,
    });
  }
  return steps.filter((step) => step.kind !== "ask" || view.answers.get(step.key)?.kind !== "done");
}

function isEveryRoleClaimed({ claims }: View, { roles }: ProjectPlan): boolean {
  return roles.every(({ name }) => claims.some(({ role }) => role === name));
}

/** Votes of those elected, and, when more than half of them approve, the certificate. */
function certify(
  view: View,
  given: { readonly plan: ProjectPlan; readonly target: Pins; readonly hasher: Hasher },
): readonly Step[] {
  const { hasher, plan, target } = given;
  const { instance, chartHash, context } = view.project;
  const members = electCouncil(plan.roles, view.claims);
  const { term } = context.council;
  const subject = {
    chart_hash: chartHash,
    instance,
    member_set_hash: memberSetHash(
      hasher,
      members.map(({ key }) => key),
    ),
    origin: view.origin,
    term,
  };
  const seats = plan.roles.map(({ core, name, seats: count }) => ({ core, name, seats: count }));
  const data: JsonObject = {
    ...target,
    members: members.map((one) => ({ ...one })),
    seats,
    subject,
  };
  const steps: Step[] = [];
  const votes: JsonObject[] = [];
  let isWaiting = false;
  for (const { key } of members) {
    const agent = agentOf(view, key);
    if (agent === undefined || !agent.isHere) continue;
    const call = `vote:${instance}:${term}:${subject.member_set_hash}:${target.content_hash}:${target.version}:${agent.id}`;
    const ask = { key: call, agent: agent.id, op: "council.vote", data, deadlineMs: ANSWER_MS };
    let answer = asked(view, ask);
    // A member that had not read the newest claims yet comes to another mind when it has.
    if (Object(answer.value)["choice"] === "reject")
      answer = asked(view, { ...ask, key: `${call}:${Math.floor(view.now / VOTE_AGAIN_MS)}` });
    const { steps: more, value } = answer;
    steps.push(...more);
    isWaiting ||= more.length === 0 && value === undefined;
    const { choice, signature }: { choice?: unknown; signature?: unknown } = Object(value);
    if (typeof choice === "string" && typeof signature === "string")
      votes.push({ choice, member: key, signature });
  }
  const approvals = votes.filter(({ choice }) => choice === "approve").length;
  if (steps.length > 0 || isWaiting || approvals < quorumOf(members.length)) return steps;
  return [
    projectStep(view, "Council_QuorumCert", {
      ...target,
      members: members.map((one) => ({ ...one })),
      subject,
      votes,
    }),
  ];
}

function areToolsGreen({ now, project, tools }: View): boolean {
  return project.context.council.tools.every(({ name, pin }) => {
    const seen = tools.get(name);
    return (
      seen !== undefined &&
      seen.isUp &&
      seen.valid_until > now &&
      (pin === "" || pin === seen.version)
    );
  });
}

/** In an election: claims of agents that are gone, one at a time. */
function ejectClaimants(view: View): readonly Step[] {
  const { claims, patience } = view;
  const gone = claims.find(({ key }: Claim) => !isAbout(agentOf(view, key), patience.lostMs));
  return gone === undefined ? [] : askToEject(view, gone.key);
}

/** A seated member that stays away loses its seat: another one can be elected, and the plan goes on. */
function ejectGone(view: View): readonly Step[] {
  const { patience, project } = view;
  if (project.in("Execution.EXECUTION.REVERB")) return [];
  const gone = project.context.council.members.find(
    ({ key }) => !isAbout(agentOf(view, key), patience.lostMs),
  );
  return gone === undefined ? [] : askToEject(view, gone.key);
}

/** The council was elected for other content than what is ready now, and no plan runs on it. */
function electAnew(view: View): readonly Step[] {
  const { project } = view;
  const { council } = project.context;
  const { target } = project;
  if (!project.in("Council.READY") || target === undefined) return [];
  if (council.content_hash === target.content_hash && council.version === target.version) return [];
  const agent = speaker(view);
  if (agent === undefined) return [];
  const { instance } = project;
  return [
    {
      kind: "ask",
      key: `reelect:${instance}:${council.term}:${agent.id}`,
      agent: agent.id,
      op: "council.reelect",
      data: { instance, reason: asReason(`version ${target.version} is ready`) },
      deadlineMs: ANSWER_MS,
    },
  ];
}

function askToEject(view: View, key: string): readonly Step[] {
  const agent = speaker(view);
  if (agent === undefined) return [];
  const { context, instance } = view.project;
  return [
    {
      kind: "ask",
      key: `eject:${instance}:${context.council.term}:${key}:${agent.id}`,
      agent: agent.id,
      op: "council.eject",
      data: { instance, member: key, reason: "its agent is gone" },
      deadlineMs: ANSWER_MS,
    },
  ];
}

/** An agent that can speak for the council: a member that is here, else any that is. */
function speaker(view: View): SeenAgent | undefined {
  const members = view.project.context.council.members.map(({ key }) => key);
  const here = view.agents.filter(({ isHere, isTrusted }) => isHere && isTrusted);
  return here.find(({ key }) => members.includes(key)) ?? here[0];
}
