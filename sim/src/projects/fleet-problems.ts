import {
  holdsAgent,
  isLive,
  readAgent,
  readSession,
  type Agent,
  type Session,
} from "@swoosh/fleet";
import { chartNameOf, type Document } from "@swoosh/kernel";
import { Project } from "@swoosh/server/driver";

/** Documents of a fleet and of what it works for. */
export interface FleetDocuments {
  readonly agents: readonly Agent[];
  readonly sessions: readonly Session[];
  readonly projects: readonly Project[];
  readonly capacity: Document | undefined;
}

interface Reservation {
  readonly count: number;
  readonly holder: string;
}

export function fleetOf(documents: Iterable<Document>): FleetDocuments {
  const agents: Agent[] = [];
  const sessions: Session[] = [];
  const projects: Project[] = [];
  let capacity: Document | undefined;
  for (const document of documents) {
    const name = chartNameOf(document.meta.instance);
    if (name === "agent") agents.push(readAgent(document));
    if (name === "session") sessions.push(readSession(document));
    if (name === "project") projects.push(new Project(document));
    if (document.meta.instance === "capacity/main") capacity = document;
  }
  return { agents, sessions, projects, capacity };
}

/** What one document says and its counterpart does not: they move in one record, so it is wrong at any time. */
export function disagreements(fleet: FleetDocuments): readonly string[] {
  return [
    ...fleet.agents.flatMap((agent) => agentProblems(agent, fleet)),
    ...fleet.sessions.flatMap((session) => sessionProblems(session, fleet)),
    ...reservationProblems(fleet),
  ];
}

/** What else is not as it must be where all are well and nothing is left to do. */
export function unconverged(
  fleet: FleetDocuments,
  isAlive: (agent: string) => boolean,
): readonly string[] {
  return [
    ...fleet.projects.flatMap((project) =>
      project.isEnded ? [] : [`${project.instance} has not ended: ${told(project)}`],
    ),
    ...fleet.agents.flatMap((agent) => agentLeftovers(agent, isAlive(agent.id))),
    ...fleet.sessions.flatMap((session) => sessionLeftovers(session, fleet)),
    ...countProblems(fleet),
  ];
}

function agentProblems({ fence, id, isFree, session }: Agent, fleet: FleetDocuments): string[] {
  if (session === "") return [];
  const lent = `agent/${id} is lent to session/${session} under fence ${fence}`;
  const found = fleet.sessions.find((one) => one.id === session);
  if (found === undefined) return [`${lent}, which is not there`];
  const problems: string[] = [];
  if (!holdsAgent(found)) problems.push(`${lent}, which is ${found.state} and holds nobody`);
  if (found.agent !== id || found.fence !== fence)
    problems.push(`${lent}, which names agent/${found.agent} under fence ${found.fence}`);
  if (isFree) problems.push(`${lent}, and is READY for another`);
  return problems;
}

function sessionProblems(session: Session, { agents }: FleetDocuments): string[] {
  if (!holdsAgent(session)) return [];
  const { agent: id, fence, key, state } = session;
  const holds = `session/${session.id} is ${state} with agent/${id} under fence ${fence}`;
  const agent = agents.find((one) => one.id === id);
  if (agent === undefined) return [`${holds}, who is not there`];
  if (agent.session !== session.id || agent.fence !== fence)
    return [`${holds}, who is lent to "${agent.session}" under fence ${agent.fence}`];
  // Who comes back with another key is not who was lent.
  return agent.key === key ? [] : [`${holds}, whose key is another one by now`];
}

function reservationProblems({ capacity, projects }: FleetDocuments): string[] {
  const { reservations, reserved } = countOf(capacity);
  const problems: string[] = [];
  const sum = reservations.reduce((total, { count }) => total + count, 0);
  if (sum !== reserved)
    problems.push(`capacity/main has ${reserved} reserved; its reservations make ${sum}`);
  for (const { count, holder } of reservations) {
    const project = projects.find(({ id }) => id === holder);
    const demand = project === undefined || project.isEnded ? 0 : demandOf(project);
    if (demand !== count)
      problems.push(`capacity/main keeps ${count} for project/${holder}, which asks for ${demand}`);
  }
  for (const project of projects) {
    const isKept = reservations.some(({ holder }) => holder === project.id);
    if (!project.isEnded && demandOf(project) > 0 && !isKept)
      problems.push(
        `${project.instance} has reserved ${demandOf(project)}; capacity/main keeps none`,
      );
  }
  return problems;
}

function agentLeftovers({ id, isConnected, session }: Agent, isAlive: boolean): string[] {
  const problems: string[] = [];
  if (isConnected !== isAlive)
    problems.push(`agent/${id} is ${isConnected ? "CONNECTED, and gone" : "OFFLINE, and here"}`);
  if (session !== "" && !isAlive)
    problems.push(`agent/${id} is gone; nobody took back its lease of session/${session}`);
  return problems;
}

function sessionLeftovers(session: Session, { projects }: FleetDocuments): string[] {
  if (!isLive(session)) return [];
  const { holder, id, state } = session;
  const project = projects.find((one) => one.id === holder);
  if (project !== undefined && !project.isEnded) return [];
  return [`session/${id} is ${state}; project/${holder}, for which it is, has ended`];
}

function countProblems({ agents, capacity, sessions }: FleetDocuments): string[] {
  const { free, reservations } = countOf(capacity);
  const holders = new Set(reservations.map(({ holder }) => holder));
  const known = agents.filter(({ isConnected, isTrusted, session }) => {
    if (!isConnected || !isTrusted) return false;
    const lent = sessions.find(({ id }) => id === session);
    return lent === undefined || holders.has(lent.holder);
  }).length;
  return free === known ? [] : [`capacity/main says that ${free} agents can be had; ${known} can`];
}

function countOf(capacity: Document | undefined): {
  readonly free: number;
  readonly reservations: readonly Reservation[];
  readonly reserved: number;
} {
  return { free: 0, reservations: [], reserved: 0, ...capacity?.context };
}

function demandOf({ context }: Project): number {
  return context.environment.demand;
}

function told(project: Project): string {
  return project.configuration.join(" ");
}
