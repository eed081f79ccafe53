import { readAgent, readSession, type Session } from "@swoosh/fleet";
import type { Claim } from "@swoosh/guards";
import { chartNameOf, type Document, type Json, type JsonObject } from "@swoosh/kernel";
import type { ProjectPlan } from "../project-file/project-plan.ts";
import { Project } from "./project-document.ts";
import type {
  CallAnswer,
  CapacityFact,
  ChartConfig,
  Frame,
  LicenceFact,
  Patience,
  SeenAgent,
  ToolFact,
  View,
} from "./view.ts";

/** What the driver sees of the world. */
export interface Seeing {
  /** ms. */
  now(): number;
  readonly origin: string;
  /** All instances of the log, in the order of their creation. */
  instances(): Iterable<string>;
  document(instance: string): Document | undefined;
  /** `config` of the chart that this document runs under. */
  config(document: Document): JsonObject;
  /** The plan in the ingested content, or undefined where it is not there or cannot be read. Cheap when asked again. */
  plan(contentHash: string): ProjectPlan | undefined;
  isConnected(agent: string): boolean;
  holds(session: Session): boolean;
}

/**
 * Makes views; remembers since when agents are gone and until when a service was stopped, which no document says. Who forgets it (a
 * restart) gives up a task whose deadline passed while the service was stopped.
 */
export class ViewMaker {
  readonly #seeing: Seeing;
  readonly #patience: Patience;
  readonly #lastSeen = new Map<string, number>();
  readonly #stoppedBeats = new Map<string, number>();
  #agents: readonly SeenAgent[] = [];
  #sessions: readonly Session[] = [];

  constructor(seeing: Seeing, patience: Patience) {
    this.#seeing = seeing;
    this.#patience = patience;
  }

  /** Looks at all agents and sessions once, for every project of a turn. */
  begin(): void {
    const agents: SeenAgent[] = [];
    const sessions: Session[] = [];
    const now = this.#seeing.now();
    for (const instance of this.#seeing.instances()) {
      const name = chartNameOf(instance);
      if (name !== "agent" && name !== "session") continue;
      const document = this.#seeing.document(instance);
      if (document === undefined) continue;
      if (name === "session") sessions.push(readSession(document));
      else agents.push(this.#seen(document, now));
    }
    this.#agents = agents;
    this.#sessions = sessions;
  }

  of(instance: string, answers: ReadonlyMap<string, CallAnswer>): View | undefined {
    const seeing = this.#seeing;
    const document = seeing.document(instance);
    if (document === undefined) return undefined;
    const project = new Project(document);
    const config = configOf(seeing.config(document));
    const pins = project.target ?? project.context.ingestion;
    const beat = contextOf<Frame>(seeing.document("beat/main"));
    if (project.in("Service.STOPPED")) this.#stoppedBeats.set(instance, beat?.beat_index ?? 0);
    return {
      now: seeing.now(),
      origin: seeing.origin,
      project,
      plan: pins.content_hash === "" ? undefined : seeing.plan(pins.content_hash),
      config,
      beat,
      stoppedBeat: this.#stoppedBeats.get(instance) ?? 0,
      licence: licenceOf(seeing.document("license/main")),
      capacity: capacityOf(seeing.document(`capacity/${config.pool}`)),
      tools: this.#tools(project),
      claims:
        contextOf<{ claims: readonly Claim[] }>(seeing.document(`council/${project.id}`))?.claims ??
        [],
      agents: this.#agents,
      sessions: this.#sessions.filter(({ holder }) => holder === project.id),
      answers,
      holds: (session) => seeing.holds(session),
      patience: this.#patience,
    };
  }

  #seen(document: Document, now: number): SeenAgent {
    const agent = readAgent(document);
    const isHere = agent.isConnected && this.#seeing.isConnected(agent.id);
    // Whoever was never seen may still come: its time runs from the first look.
    if (isHere || !this.#lastSeen.has(agent.id)) this.#lastSeen.set(agent.id, now);
    const goneMs = isHere ? 0 : now - (this.#lastSeen.get(agent.id) ?? now);
    return { ...agent, isHere, goneMs: isHere ? 0 : Math.max(goneMs, 1) };
  }

  #tools({ context }: Project): ReadonlyMap<string, ToolFact> {
    const tools = new Map<string, ToolFact>();
    for (const { name } of context.council.tools) {
      const document = this.#seeing.document(`tool/${name}`);
      const read = contextOf<{ valid_until: number; version: string }>(document);
      if (document === undefined || read === undefined) continue;
      tools.set(name, { ...read, isUp: document.configuration.includes("STATUS.UP") });
    }
    return tools;
  }
}

/** The charts have checked contexts before every record: their types are what the charts say. */
function contextOf<Context>(document: Document | undefined): Context | undefined {
  return document?.context as Context | undefined;
}

function licenceOf(document: Document | undefined): LicenceFact | undefined {
  const read = contextOf<{ reason: string; stop_at: number; valid_until: number }>(document);
  if (document === undefined || read === undefined) return undefined;
  return {
    isGranted: document.configuration.includes("STATUS.GRANTED"),
    isDenied: document.configuration.includes("STATUS.DENIED"),
    reason: read.reason,
    stop_at: read.stop_at,
    valid_until: read.valid_until,
  };
}

function capacityOf(document: Document | undefined): CapacityFact | undefined {
  const read = contextOf<{
    free: number;
    reservations: readonly { readonly holder: string }[];
    reserved: number;
    valid_until: number;
  }>(document);
  if (read === undefined) return undefined;
  const { free, reservations, reserved, valid_until: validUntil } = read;
  return {
    free,
    holders: reservations.map(({ holder }) => holder),
    reserved,
    valid_until: validUntil,
  };
}

function configOf(config: JsonObject): ChartConfig {
  const { attemptsMax, pool, slots, tide = null } = config;
  return {
    attemptsMax: typeof attemptsMax === "number" ? attemptsMax : 1,
    pool: String(pool),
    slots: isObject(slots) ? slots : {},
    tide,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
