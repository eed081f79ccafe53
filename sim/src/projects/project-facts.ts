import { readAgent } from "@swoosh/fleet";
import type { Document, JsonObject, State } from "@swoosh/kernel";
import { countFree } from "@swoosh/server/driver";
import { nodeHasher, type SeededRandom } from "@swoosh/kernel/testing";
import { hex } from "@swoosh/kernel";
import type { Wished } from "../workload.ts";

/** Agents of the pool. */
export const AGENTS = ["a1", "a2", "a3", "a4"] as const;
/** Name of the identity that observes the world: licence, tempo, capacity, tools. */
export const FACTS = "facts";
const FOREVER_MS = 100 * 31_536_000_000;
const BAR = 8;
/** What a fact says must be good for so long. */
const SOON_MS = 86_400_000;

/** Some bytes that are stored, by what they are. */
export function kept(what: string): string {
  return `sha256-${hex(nodeHasher.sha256(what))}`;
}

export function documentOf(state: State, instance: string): Document | undefined {
  return state.head(instance)?.document;
}

export function contextOf(state: State, instance: string): JsonObject {
  return documentOf(state, instance)?.context ?? {};
}

/** Facts that no project can do without, as long as one of them is missing. */
export function missingFact(state: State, nowMs: number): Wished | undefined {
  if (documentOf(state, "license/main") === undefined) return licence(nowMs, FOREVER_MS);
  if (documentOf(state, "capacity/main") === undefined) return capacity(nowMs, 40);
  if (documentOf(state, "beat/main") === undefined) return beat(state, nowMs);
  return undefined;
}

/** What providers see: mostly the tempo; and a licence, a pool and tools that come and go. */
export function flap(random: SeededRandom, state: State, nowMs: number): Wished {
  const dice = random.below(100);
  if (dice < 75) return beat(state, nowMs);
  if (dice < 84) return licence(nowMs, random.chance(75) ? FOREVER_MS : 1 + random.below(60_000));
  if (dice < 85) return denied(nowMs);
  if (dice < 87) return unreachable(random);
  if (dice < 92) return capacity(nowMs, random.chance(70) ? 40 : random.below(4));
  return tool(random, nowMs);
}

/** What providers that are well have to say: a licence, tools that are up, and the very agents that can be had. */
export function* dueFacts(
  state: State,
  nowMs: number,
  isAlive: (agent: string) => boolean,
): Iterable<Wished> {
  const license = documentOf(state, "license/main");
  const isGranted = license?.configuration.includes("STATUS.GRANTED") ?? false;
  if (!isGranted || validMs(license, nowMs) < SOON_MS) yield licence(nowMs, FOREVER_MS);
  const lint = documentOf(state, "tool/lint");
  const isUp = lint?.configuration.includes("STATUS.UP") ?? false;
  if (!isUp || validMs(lint, nowMs) < SOON_MS) yield toolUp(nowMs + FOREVER_MS);
  const known = documentOf(state, "capacity/main");
  const { free: last, reservations } = contextOf(state, "capacity/main");
  const agents = AGENTS.flatMap((name) => documentOf(state, `agent/${name}`) ?? []).map(readAgent);
  const reserved: readonly { readonly holder: string }[] = Object(reservations ?? []);
  const free = countFree({
    pool: "main",
    agents,
    holders: new Set(reserved.map(({ holder }) => holder)),
    isConnected: isAlive,
    document: (instance) => documentOf(state, instance),
  });
  if (free !== last || validMs(known, nowMs) < SOON_MS) yield capacity(nowMs, free);
}

/** SHHH has seen this content of the project, and did not deny it. */
export function isAllowed(state: State, project: string, contentHash: string): boolean {
  const { verdicts } = contextOf(state, `policy/${project}`);
  const known: readonly JsonObject[] = Object(verdicts ?? []);
  return known.some(({ subject, verdict }) => subject === contentHash && verdict !== "deny");
}

function validMs(document: Document | undefined, nowMs: number): number {
  return Number(document?.context["valid_until"] ?? 0) - nowMs;
}

function wished(instance: string, transition: string, inputs: JsonObject): Wished {
  return { wish: { instance, transition, inputs }, signer: FACTS };
}

function licence(nowMs: number, untilMs: number): Wished {
  return wished("license/main", "License_Granted", {
    grace_ms: Math.min(untilMs, 30_000),
    observed_at: nowMs,
    source: "local",
    subject: "sim",
    valid_until: nowMs + untilMs,
  });
}

function denied(nowMs: number): Wished {
  return wished("license/main", "License_Denied", {
    observed_at: nowMs,
    reason: "not paid",
    source: "local",
  });
}

function unreachable(random: SeededRandom): Wished {
  const transition = random.chance(50) ? "License_Unreachable" : "License_Throttled";
  return wished("license/main", transition, { reason: "no answer" });
}

function capacity(nowMs: number, free: number): Wished {
  return wished("capacity/main", "Capacity_Counted", { free, valid_until: nowMs + FOREVER_MS });
}

function tool(random: SeededRandom, nowMs: number): Wished {
  const untilMs = nowMs + 1 + random.below(600_000);
  const seen = { endpoint: "stdio", valid_until: untilMs };
  return random.chance(75)
    ? toolUp(untilMs)
    : wished("tool/lint", "Tool_Down", { ...seen, reason: "it does not answer" });
}

function toolUp(untilMs: number): Wished {
  const seen = { endpoint: "stdio", pinned: "1", tools: 2, version: "1" };
  return wished("tool/lint", "Tool_Up", { ...seen, valid_until: untilMs });
}

/** The next beat: two of a bar plan, three work, three review; the first is a downbeat. */
export function beat(state: State, nowMs: number): Wished {
  const { beat_index: last } = contextOf(state, "beat/main");
  const index = (typeof last === "number" ? last : 0) + 1;
  const place = index % BAR;
  return wished("beat/main", "Beat_Observed", {
    beat_index: index,
    cluster: "sim",
    deadline_at: nowMs + FOREVER_MS,
    downbeat: place === 0,
    phase: place < 2 ? "plan" : place < 5 ? "execute" : "review",
    source: "pulse",
    tempo_mbpm: 60_000,
    window_id: Math.floor(index / BAR)
      .toString(16)
      .padStart(32, "0"),
  });
}
