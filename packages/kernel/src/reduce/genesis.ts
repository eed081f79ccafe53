import { isValueHash } from "../hash.ts";
import type { ValueHash } from "../hash.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { unknownFlags } from "./flags.ts";
import { assert } from "../invariant.ts";
import type { Accepted, ClockBounds } from "./state.ts";

/** What record 0 fixes for ever (kernel design §2). Its `inputs`, read. */
export interface Genesis {
  /** `<name>/<32 hex>` */
  readonly origin: string;
  /** Keys `hmmm:pubkey:…`. */
  readonly node: string;
  readonly operator: string;
  readonly bounds: ClockBounds;
  readonly flags: readonly number[];
  /** Chart `identity` that the first two identities run under. */
  readonly identityChart: ValueHash;
}

export type GenesisReading =
  | { readonly ok: true; readonly genesis: Genesis }
  | { readonly ok: false; readonly problem: string };

const FIELDS = ["bounds", "flags", "identity_chart", "node", "operator", "origin"];
const ORIGIN = /^[A-Za-z0-9._-]{1,128}\/[0-9a-f]{32}$/;
const KEY = /^hmmm:pubkey:[A-Za-z0-9_-]{43}$/;

/** `inputs` of `@genesis`: `{bounds: {ahead_ms, behind_ms}, flags, identity_chart, node, operator, origin}`, in this key order. */
export function genesisInputs(genesis: Genesis): JsonObject {
  const { bounds, flags, identityChart, node, operator, origin } = genesis;
  return {
    bounds: { ahead_ms: bounds.aheadMs, behind_ms: bounds.behindMs },
    flags,
    identity_chart: identityChart,
    node,
    operator,
    origin,
  };
}

export function readGenesis(inputs: JsonObject): GenesisReading {
  const { flags, identity_chart: chart, node, operator, origin } = inputs;
  const unknown = Object.keys(inputs).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return wrong(unknown, "is not known");
  const bounds = boundsOf(inputs["bounds"]);
  if (bounds === undefined) return wrong("bounds", "is not {ahead_ms, behind_ms}, integers from 0");
  if (!isFlags(flags)) return wrong("flags", "is not a sorted list of integers");
  const [newer] = unknownFlags(flags);
  if (newer !== undefined) return wrong("flags", `this kernel does not know ${newer}`);
  if (typeof chart !== "string" || !isValueHash(chart))
    return wrong("identity_chart", "is no hash");
  if (typeof node !== "string" || !KEY.test(node)) return wrong("node", "is no key");
  if (typeof operator !== "string" || !KEY.test(operator)) return wrong("operator", "is no key");
  if (node === operator)
    return wrong("operator", "is the node's key; a key belongs to one identity");
  if (typeof origin !== "string" || !ORIGIN.test(origin)) {
    return wrong("origin", "is not <name>/<32 hex digits>");
  }
  return { ok: true, genesis: { origin, node, operator, bounds, flags, identityChart: chart } };
}

/** What an accepted record 0 fixes. */
export function genesisOf({ record }: Accepted): Genesis {
  assert(record.proposal.transition === "@genesis", "W3: record 0 is @genesis");
  const reading = readGenesis(record.inputs ?? {});
  assert(reading.ok, "W3: genesis was read before it was accepted");
  return reading.genesis;
}

function wrong(field: string, problem: string): GenesisReading {
  return { ok: false, problem: `inputs.${field}: ${problem}` };
}

function boundsOf(value: Json | undefined): ClockBounds | undefined {
  if (value === undefined || !isJsonObject(value)) return undefined;
  const { ahead_ms: aheadMs, behind_ms: behindMs } = value;
  if (Object.keys(value).length !== 2 || !isCount(aheadMs) || !isCount(behindMs)) return undefined;
  return { aheadMs, behindMs };
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isFlags(value: Json | undefined): value is readonly number[] {
  if (value === undefined || value === null || typeof value !== "object" || !isJsonArray(value))
    return false;
  let last = -1;
  for (const flag of value) {
    if (!isCount(flag) || flag <= last) return false;
    last = flag;
  }
  return true;
}
