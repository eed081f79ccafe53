import {
  electCouncil,
  memberSetHash,
  VOTE_TYPE,
  votePayload,
  type CertificateSubject,
  type Claim,
  type Member,
  type Seat,
} from "@swoosh/guards";
import {
  canonicalize,
  isValueHash,
  type Hasher,
  type Json,
  type JsonObject,
} from "@swoosh/kernel/values";
import { signJson, type Client, type Signer } from "@swoosh/sdk";
import { typed } from "./typed.ts";
import { WorkProblem } from "./work-problem.ts";

export interface CouncilDoors {
  readonly client: Client;
  readonly signer: Signer;
  readonly hasher: Hasher;
  readonly capabilities: readonly string[];
  /** Sessions that the agent works on now: the load that its claims name. */
  load(): number;
}

interface ProjectState {
  readonly chartHash: string;
  readonly configuration: readonly string[];
  readonly context: {
    readonly council: { readonly roles: readonly string[]; readonly term: number };
    readonly ingestion: {
      readonly content_hash: string;
      readonly version: number;
      readonly previous: { readonly content_hash: string; readonly version: number };
    };
  };
}

/** Weight of a claim to a role that the agent was made for, and to any other that it may fill. */
const WEIGHT_OWN = 100;
const WEIGHT_ANY = 50;

/** A role is open: the agent claims it where it can fill it. */
export async function claimRole(doors: CouncilDoors, data: JsonObject): Promise<Json> {
  const { capabilities, client } = doors;
  const { instance, role } = wordsOf(data, ["instance", "role"]);
  const isOwn = capabilities.includes(role);
  if (!isOwn && !capabilities.includes("any"))
    throw new WorkProblem("not_able", `this agent fills ${capabilities.join(", ")}, not ${role}`);
  await mustPropose(client, instance, "Council_Claim", {
    load: doors.load(),
    role,
    weight: isOwn ? WEIGHT_OWN : WEIGHT_ANY,
  });
  return { claimed: role };
}

interface Ballot {
  readonly content_hash: string;
  readonly version: number;
  readonly members: readonly Member[];
  readonly seats: readonly Seat[];
  readonly subject: CertificateSubject;
}

/**
 * Votes on a proposed council: `approve` where this agent, reading the same log, elects the same members for the same
 * content and term; `reject` where it does not. It signs nothing that it has not read itself.
 */
export async function vote(doors: CouncilDoors, data: JsonObject): Promise<Json> {
  const { client, hasher, signer } = doors;
  const given = typed<Ballot>(data);
  const { members, seats, subject } = given;
  const project = await projectState(client, subject.instance);
  const claims = await claimsOf(client, subject.instance);
  const elected = electCouncil(seats, claims);
  const { council, ingestion } = project.context;
  const wanted: CertificateSubject = {
    chart_hash: project.chartHash,
    instance: subject.instance,
    member_set_hash: memberSetHash(
      hasher,
      elected.map(({ key }) => key),
    ),
    origin: await client.origin(),
    term: council.term,
  };
  const isKnown = [ingestion, ingestion.previous].some(
    (one) => one.content_hash === given.content_hash && one.version === given.version,
  );
  const isSame =
    isKnown &&
    canonicalize({ ...wanted }) === canonicalize({ ...subject }) &&
    JSON.stringify(elected) === JSON.stringify(members.map(({ key, role }) => ({ key, role })));
  const choice = isSame ? "approve" : "reject";
  const payload = votePayload(
    subject,
    { content_hash: given.content_hash, version: given.version },
    choice,
  );
  const signature = await signJson({ hasher }, signer, VOTE_TYPE, canonicalize(payload));
  return { choice, signature };
}

/** Proposes on behalf of the council: somebody is gone, or the content has changed. */
export async function speakForCouncil(
  doors: CouncilDoors,
  transition: "Council_Eject" | "Council_ReElect",
  data: JsonObject,
): Promise<Json> {
  const { instance, reason } = wordsOf(data, ["instance", "reason"]);
  const inputs: JsonObject =
    transition === "Council_Eject"
      ? { member: wordsOf(data, ["member"]).member, reason }
      : { reason };
  await mustPropose(doors.client, instance, transition, inputs);
  return null;
}

/** Reasons against a plan's outcome, by the outcome: what the evidence says does not change. */
export type Reviews = Map<string, Promise<readonly string[]>>;

/** Outcomes that an agent remembers its mind about. */
const REVIEWS_MAX = 64;

/**
 * Decides on the plan's outcome: approves where every task is done, and its evidence says that its gate holds; rejects with
 * the first reason otherwise. The evidence is what the log names, held to its hash. Without a window the agent only makes up
 * its mind; with one it proposes.
 */
export async function reviewPlan(
  doors: CouncilDoors,
  reviews: Reviews,
  data: JsonObject,
): Promise<Json> {
  const { client } = doors;
  const { instance, window } = wordsOf(data, ["instance", "window"]);
  const { key, tasks } = await outcomeOf(client, instance);
  const known = reviews.get(key);
  const reviewing = known ?? reasonsOf(client, instance, tasks);
  if (known === undefined) {
    if (reviews.size >= REVIEWS_MAX) reviews.clear();
    reviews.set(key, reviewing);
    reviewing.catch(() => reviews.delete(key));
  }
  const reasons = await reviewing;
  const [first] = reasons;
  if (window === "") return { decided: null };
  const transition = first === undefined ? "Execution_Approve" : "Execution_Reject";
  const inputs: JsonObject = first === undefined ? {} : { reason: asReason(first) };
  await mustPropose(client, instance, transition, inputs, {
    windowId: window,
    justification:
      first === undefined
        ? "every task's evidence passes its gate"
        : reasons.join("; ").slice(0, 500),
  });
  return { decided: transition };
}

interface TaskOutcome {
  readonly fence: number;
  readonly id: string;
  readonly state: string;
}

/** The tasks as they stand, and a name for exactly this outcome. */
async function outcomeOf(
  client: Client,
  instance: string,
): Promise<{ readonly key: string; readonly tasks: readonly TaskOutcome[] }> {
  const state = await client.state(instance);
  const { execution }: { execution?: { tasks?: unknown } } = Object(
    Object(state?.state)["context"],
  );
  const tasks: readonly TaskOutcome[] = Array.isArray(execution?.tasks) ? execution.tasks : [];
  return { key: `${instance} ${JSON.stringify(tasks)}`, tasks };
}

async function reasonsOf(
  client: Client,
  instance: string,
  tasks: readonly TaskOutcome[],
): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (const { fence, id, state: at } of tasks) {
    if (at !== "done") reasons.push(`task ${id} is ${at}`);
    else reasons.push(...(await evidenceReasons(client, instance, { fence, id })));
  }
  return reasons;
}

/** What the evidence of a finished task says against it. */
async function evidenceReasons(
  client: Client,
  instance: string,
  task: { readonly fence: number; readonly id: string },
): Promise<readonly string[]> {
  for await (const decision of client.decisions({ instance, transition: "Execution_TaskFinished" }))
    for (const hash of decision.evidence) {
      if (!isValueHash(hash)) continue;
      const bytes = await client.getEvidence(hash);
      if (bytes === undefined) continue;
      const read = Object(JSON.parse(Buffer.from(bytes).toString("utf8")));
      if (read["task"] !== task.id || read["fence"] !== task.fence) continue;
      const against: unknown = read["reasons"];
      return Array.isArray(against) ? against.map((one) => `task ${task.id}: ${String(one)}`) : [];
    }
  return [`task ${task.id} has no evidence under fence ${task.fence}`];
}

async function projectState(client: Client, instance: string): Promise<ProjectState> {
  const answer = await client.state(instance);
  if (answer?.state === undefined)
    throw new WorkProblem("no_instance", `${instance} is not on the server`);
  const { configuration, context, meta } = typed<{
    readonly configuration: readonly string[];
    readonly context: ProjectState["context"];
    readonly meta: { readonly chart_hash: string };
  }>(answer.state);
  return { chartHash: meta.chart_hash, configuration, context };
}

async function claimsOf(client: Client, instance: string): Promise<readonly Claim[]> {
  const answer = await client.state(`council/${instance.slice("project/".length)}`);
  const { claims }: { claims?: readonly Claim[] } = Object(Object(answer?.state)["context"]);
  return claims ?? [];
}

/** A refusal becomes a problem whose code and reasons the controller sees. */
export async function mustPropose(
  client: Client,
  instance: string,
  transition: string,
  inputs: JsonObject,
  options: Parameters<Client["propose"]>[3] = {},
): Promise<void> {
  const proposed = await client.propose(instance, transition, inputs, options);
  if (proposed.kind === "accepted") return;
  const { code, detail, reasons = [] } = proposed.problem;
  throw new WorkProblem(code, `${transition}: ${reasons.join("; ") || detail}`);
}

export function wordsOf<Name extends string>(
  data: JsonObject,
  names: readonly Name[],
): Readonly<Record<Name, string>> {
  const words: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const word = data[name];
    if (typeof word !== "string") throw new WorkProblem("bad_request", `${name} must be a text`);
    words[name] = word;
  }
  return typed(words);
}

/** Words that fit a `reason` of the charts. */
export function asReason(text: string): string {
  return (
    text
      .replaceAll('"', "'")
      .replaceAll(/[^ !#-[\]-~]/g, " ")
      .slice(0, 60)
      .trim() || "unknown"
  );
}
