import { assert } from "../invariant.ts";
import { encodeRecord } from "../log/encode-record.ts";
import { decodeRecord } from "../log/decode-record.ts";
import type { LogRecord } from "../log/record.ts";
import { skimRecord, type ToldRecord } from "../log/skim-record.ts";
import { isValueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import { isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { unknownFlags } from "./flags.ts";
import type { Kernel } from "./kernel.ts";
import { reduce } from "./reduce.ts";
import type { Accepted, EngineAct, EngineInput, Moment, ReduceInput, State } from "./state.ts";
import type { World } from "./world.ts";

export type Replayed =
  | { readonly ok: true; readonly accepted: Accepted }
  | {
      readonly ok: false;
      readonly index: number;
      /** Field of the record that differs. */
      readonly field: string;
      readonly expected: string;
      readonly found: string;
    };

type ReadInput =
  | { readonly ok: true; readonly input: ReduceInput }
  | {
      readonly ok: false;
      readonly field: string;
      readonly expected: string;
      readonly found: string;
    };

/**
 * Decides again about the next record of a log from its bytes, under the flags and verdicts that it names, and compares
 * every field. `expected` is what this kernel says, `found` what stands in the log. Signatures are not looked at, nor
 * whether its idempotency key was used before (K6): both need more than the world.
 */
export function replay(kernel: Kernel, world: World, text: string): Replayed {
  const accepted = replayQuickly(kernel, world, text);
  return accepted === undefined ? replayStrictly(kernel, world, text) : { ok: true, accepted };
}

/**
 * The record that is as it should be, at half the cost: equal bytes say that every field of it is what this kernel would
 * have written (see `skimRecord`). Undefined: something is not as it should be, and the strict way finds what.
 */
function replayQuickly(kernel: Kernel, world: World, text: string): Accepted | undefined {
  const record = skimRecord(text);
  if (record === undefined) return undefined;
  const { end } = world;
  if (record.index !== end.size || record.prev !== end.leaf || record.at < end.at) return undefined;
  if (unknownFlags(record.flags).length > 0) return undefined;
  const read = inputOf(world, record);
  if (!read.ok) return undefined;
  const verdict = reduce(kernel, withFlags(world, record.flags), read.input);
  return verdict.kind === "accepted" && verdict.text === text ? verdict : undefined;
}

function replayStrictly(kernel: Kernel, world: World, text: string): Replayed {
  const index = world.end.size;
  const no = (field: string, expected: string, found: string): Replayed => ({
    ok: false,
    index,
    field,
    expected,
    found,
  });
  const decoded = decodeRecord(text);
  if (!decoded.ok) return no(decoded.place, "a record", decoded.problem);
  const { record } = decoded;
  if (record.index !== index) return no("index", String(index), String(record.index));
  if (record.prev !== world.end.leaf) return no("prev", world.end.leaf, record.prev);
  if (record.at < world.end.at) return no("at", `at least ${world.end.at}`, String(record.at));
  if (unknownFlags(record.flags).length > 0) {
    return no("flags", "flags that this kernel knows", record.flags.join(", "));
  }
  const read = inputOf(world, record);
  if (!read.ok) return no(read.field, read.expected, read.found);
  const verdict = reduce(kernel, withFlags(world, record.flags), read.input);
  assert(verdict.kind !== "duplicate", "replay looks no key up");
  if (verdict.kind === "refused") {
    return no("verdict", `${verdict.code}: ${verdict.reasons.join("; ")}`, "accepted");
  }
  if (verdict.text !== text) return firstDifference(verdict, record);
  return { ok: true, accepted: verdict };
}

/** The same state, deciding under these flags. */
function withFlags(state: State, flags: readonly number[]): State {
  if (isSame(flags, state.flags)) return state;
  const { origin, bounds, node, registry } = state;
  return {
    origin,
    bounds,
    flags,
    node,
    registry,
    head: (instance) => state.head(instance),
    chart: (name) => state.chart(name),
    chartByHash: (hash) => state.chartByHash(hash),
  };
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((flag, at) => flag === other[at]);
}

function inputOf(world: World, record: ToldRecord): ReadInput {
  const { at, index, inputs, prev, proposal, signature, verdict } = record;
  if (inputs === undefined) return refuse("inputs", "the inputs", "redacted");
  const moment: Moment = { index, prev, at, now: record.now ?? at };
  if (!proposal.transition.startsWith("@")) {
    return {
      ok: true,
      input: { kind: "proposal", moment, proposal, inputs, signature, verdict, seen: undefined },
    };
  }
  const act = actOf(world, record, inputs);
  if ("ok" in act) return act;
  const input: EngineInput = { kind: "engine", moment, act, sign: () => signature };
  return { ok: true, input };
}

function refuse(field: string, expected: string, found: string): Extract<ReadInput, { ok: false }> {
  return { ok: false, field, expected, found };
}

function actOf(
  world: World,
  { proposal }: ToldRecord,
  inputs: JsonObject,
): EngineAct | Extract<ReadInput, { ok: false }> {
  const { transition, instance = "" } = proposal;
  switch (transition) {
    case "@genesis":
      return { act: "@genesis", inputs };
    case "@timer":
      return { act: "@timer", instance };
    case "@seal":
      return { act: "@seal", instance: textOf(inputs["instance"]) };
    case "@chart":
    case "@migrate": {
      const hash = textOf(inputs["chart_hash"]);
      const chart = isValueHash(hash) ? world.chartByHash(hash) : undefined;
      if (chart === undefined) return refuse("inputs.chart_hash", "a chart at hand", hash);
      if (transition === "@chart") return { act: "@chart", chart };
      const { mapping } = inputs;
      if (mapping === undefined || !isJsonObject(mapping)) {
        return refuse("inputs.mapping", "an object", canonicalize(mapping ?? null));
      }
      return { act: "@migrate", instance, to: chart, mapping };
    }
    default:
      return refuse("proposal.transition", "a record of the engine", transition);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The first field, in the record's own order, that this kernel would have written otherwise. */
function firstDifference(accepted: Accepted, record: LogRecord): Replayed {
  const { index } = record;
  const there = new Map<string, unknown>(Object.entries(record));
  for (const [field, value] of Object.entries(accepted.record)) {
    const expected = JSON.stringify(value);
    const found = String(JSON.stringify(there.get(field)));
    if (expected !== found) return { ok: false, index, field, expected, found };
  }
  return {
    ok: false,
    index,
    field: "record",
    expected: accepted.text,
    found: encodeRecord(record),
  };
}
