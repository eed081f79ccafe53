import { readFileSync } from "node:fs";
import { loadChartText } from "../../chart/load-chart-text.ts";
import type { CompiledChart } from "../../chart/compiled-chart.ts";
import type { NativeGuard } from "../../chart/native-guard.ts";
import { createNativeRegistry } from "../../chart/native-registry.ts";
import { ABSENT_HASH, valueHash } from "../../hash.ts";
import type { ValueHash } from "../../hash.ts";
import type { JsonObject } from "../../json/json.ts";
import type { LogRecord, ProposalBody } from "../../log/record.ts";
import type { Refused } from "../../refusal.ts";
import { nodeHasher } from "../../testing/node-hasher.ts";
import type { Document, Head } from "../document.ts";
import { genesisInputs } from "../genesis.ts";
import { compareHlc, formatHlc, maxHlc, nextHlc, parseHlc } from "../hlc.ts";
import type { Hlc } from "../hlc.ts";
import { createKernel } from "../kernel.ts";
import { kernelNatives } from "../kernel-natives.ts";
import { reduce } from "../reduce.ts";
import { replay } from "../replay.ts";
import type { Accepted, EngineAct, ProposalInput, Seen, Verdict } from "../state.ts";
import { World } from "../world.ts";
import { operationHash } from "../operation.ts";

export const ORIGIN = `test/${"0".repeat(32)}`;
export const START = 1_700_000_000_000;
export const SIGNATURE = "s".repeat(86);

/** A key for a name, always the same. */
export function keyOf(name: string): string {
  return `hmmm:pubkey:${name.padEnd(43, "_").slice(0, 43)}`;
}

export function loadChart(yaml: string, natives: readonly NativeGuard[] = []): CompiledChart {
  const registry = createNativeRegistry([...kernelNatives(nodeHasher), ...natives]);
  const loaded = loadChartText(yaml, { hasher: nodeHasher, natives: registry });
  if (loaded.chart === undefined) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.chart;
}

let identity: CompiledChart | undefined;
export function identityChart(): CompiledChart {
  const file = new URL("../../../../../charts/identity.yaml", import.meta.url);
  identity ??= loadChart(readFileSync(file, "utf8"));
  return identity;
}

export interface Proposed {
  readonly instance?: string;
  readonly transition: string;
  readonly inputs?: JsonObject;
  /** Name of the identity that signs; `operator` unless given. */
  readonly by?: string;
  readonly key?: string;
  readonly hash?: ValueHash;
  readonly hlc?: string;
  readonly idemKey?: string;
  readonly verdict?: readonly boolean[];
  readonly seen?: Seen;
  readonly body?: Partial<ProposalBody>;
}

/**
 * A journal in memory: proposals in, verdicts out. Every accepted record is replayed into a second world from its bytes
 * (K7) and held against K1–K4 before it is applied.
 */
export class Rig {
  readonly kernel = createKernel(nodeHasher);
  readonly charts = new Map<ValueHash, CompiledChart>();
  readonly world: World;
  readonly shadow: World;
  readonly records: Accepted[] = [];
  at = START;
  now: number | undefined;
  #key = 0;

  constructor(...charts: readonly CompiledChart[]) {
    for (const chart of [identityChart(), ...charts]) this.charts.set(chart.hash, chart);
    this.world = new World((hash) => this.charts.get(hash));
    this.shadow = new World((hash) => this.charts.get(hash));
    this.mustAct({
      act: "@genesis",
      inputs: genesisInputs({
        origin: ORIGIN,
        node: keyOf("node"),
        operator: keyOf("operator"),
        bounds: { behindMs: 120_000, aheadMs: 60_000 },
        flags: [],
        identityChart: identityChart().hash,
      }),
    });
    for (const chart of charts) this.mustAct({ act: "@chart", chart });
  }

  get moment(): ProposalInput["moment"] {
    const { size, leaf } = this.world.end;
    return { index: size, prev: leaf, at: this.at, now: this.now ?? this.at };
  }

  head(instance: string): Head | undefined {
    return this.world.head(instance);
  }

  document(instance: string): Document {
    const head = this.head(instance);
    if (head === undefined) throw new Error(`${instance} is absent`);
    return head.document;
  }

  /** A proposal that deserves no refusal but for what it proposes. */
  input(proposed: Proposed): ProposalInput {
    const { transition, inputs = {}, by = "operator" } = proposed;
    const instance = proposed.instance ?? "project/default";
    const head = this.head(instance);
    this.#key += 1;
    const proposal: ProposalBody = inKeyOrder({
      current_state_hash: proposed.hash ?? head?.hash ?? ABSENT_HASH,
      hlc: proposed.hlc ?? this.nextHlc(instance),
      idem_key: proposed.idemKey ?? `goal:0:op:${this.#key}`,
      inputs_hash: valueHash(nodeHasher, inputs),
      ...(proposed.instance === undefined ? {} : { instance }),
      origin: ORIGIN,
      signer: proposed.key ?? keyOf(by),
      transition,
      ...proposed.body,
    });
    return {
      kind: "proposal",
      moment: this.moment,
      proposal,
      inputs,
      signature: SIGNATURE,
      verdict: proposed.verdict ?? [],
      seen: proposed.seen,
    };
  }

  nextHlc(instance: string): string {
    const clock: Hlc = { wallMs: this.now ?? this.at, counter: 0 };
    const last = parseHlc(this.head(instance)?.document.hlc_last ?? "");
    return formatHlc(last === undefined ? clock : maxHlc(clock, nextHlc(last)));
  }

  /** What reduce says, without applying it. */
  ask(proposed: Proposed): Verdict {
    return reduce(this.kernel, this.world, this.input(proposed));
  }

  propose(proposed: Proposed): Verdict {
    return this.take(this.ask(proposed));
  }

  act(act: EngineAct): Verdict {
    const verdict = reduce(this.kernel, this.world, {
      kind: "engine",
      moment: this.moment,
      act,
      sign: () => SIGNATURE,
    });
    return this.take(verdict);
  }

  must(proposed: Proposed): Accepted {
    return mustBeAccepted(this.propose(proposed));
  }

  mustAct(act: EngineAct): Accepted {
    return mustBeAccepted(this.act(act));
  }

  refused(proposed: Proposed): Refused {
    return mustBeRefused(this.propose(proposed));
  }

  /** Registers an identity whose key is `keyOf(name)`. */
  register(
    name: string,
    roles: readonly { role: string; scope: string }[],
    kind = "service",
  ): void {
    this.must({
      instance: `identity/${name}`,
      transition: "Identity_Register",
      inputs: { key: keyOf(name), kind, roles },
    });
  }

  /** What the idempotency index would say of a key that led to this record. */
  seen(record: LogRecord): Seen {
    const { proposal } = record;
    const operation = operationHash(nodeHasher, {
      instance: proposal.instance ?? "project/default",
      transition: proposal.transition,
      inputsHash: proposal.inputs_hash,
      signer: proposal.signer,
    });
    return { index: record.index, operation };
  }

  take(verdict: Verdict): Verdict {
    if (verdict.kind !== "accepted") return verdict;
    assertInvariants(this.world, verdict);
    const replayed = replay(this.kernel, this.shadow, verdict.text);
    if (!replayed.ok) throw new Error(`K7: ${JSON.stringify(replayed)} of ${verdict.text}`);
    this.shadow.apply(replayed.accepted);
    this.world.apply(verdict);
    this.records.push(verdict);
    return verdict;
  }
}

/** As the edge leaves it: keys in canonical order. */
function inKeyOrder(body: ProposalBody): ProposalBody {
  const members = Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members) as unknown as ProposalBody;
}

export function mustBeAccepted(verdict: Verdict): Accepted {
  if (verdict.kind !== "accepted") throw new Error(JSON.stringify(verdict));
  return verdict;
}

export function mustBeRefused(verdict: Verdict): Refused {
  if (verdict.kind !== "refused") throw new Error(`not refused: ${verdict.kind}`);
  return verdict;
}

/** K1–K4 of one accepted record against the world before it, found from the documents alone. */
export function assertInvariants(world: World, accepted: Accepted): void {
  const { record, heads } = accepted;
  const claim = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what}: ${accepted.text}`);
  };
  claim(record.index === world.end.size && record.prev === world.end.leaf, "K4");
  const moved = [
    { instance: record.proposal.instance ?? "project/default", ...record },
    ...record.parts,
  ].filter((part) => part.seq > 0);
  claim(moved.length === heads.length, "one head for each moved instance");
  for (const [place, head] of heads.entries()) {
    const part = moved[place];
    const { document } = head;
    const before = world.head(document.meta.instance);
    if (part === undefined) throw new Error("no part");
    claim(part.instance === document.meta.instance, "heads stand in order");
    claim(part.pre === (before?.hash ?? ABSENT_HASH), "K1 pre");
    claim(
      part.post === head.hash && head.hash === valueHash(nodeHasher, asJson(document)),
      "K1 post",
    );
    claim(document.meta.seq === (before?.document.meta.seq ?? 0) + 1, "K3 seq");
    claim(part.seq === document.meta.seq, "K3 seq of the record");
    const last = parseHlc(before?.document.hlc_last ?? "");
    const next = parseHlc(document.hlc_last);
    if (next === undefined) throw new Error("hlc_last");
    claim(last === undefined || compareHlc(last, next) <= 0, "K2");
    for (const [region, epoch] of Object.entries(document.epoch)) {
      const grown = epoch - (before?.document.epoch[region] ?? 0);
      claim(grown === 0 || grown === 1, `K3 epoch of ${region}`);
    }
    claim(JSON.stringify(document) === canonical(document), "canonical order");
  }
  claim(accepted.text === canonical(record), "canonical record");
}

function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** Canonical text by sorting anew: independent of the order in memory. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}
