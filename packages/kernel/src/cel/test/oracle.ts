import {
  CelScalar,
  celEnv,
  celFunc,
  isCelError,
  isCelList,
  isCelMap,
  parse,
  plan,
} from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import type { CelScope } from "../cel.ts";
import type { Json } from "../../json/json.ts";

/** What the conformance-tested implementation says: a value, or that it erred (its errors have no names of ours). */
export type OracleAnswer = { readonly value: unknown } | { readonly error: string };

/** States `s0`, `s1`, …: `In('s1')` asks the scope for state 1. */
export function askOracle(source: string, scope: CelScope): OracleAnswer {
  const isActive = celFunc("In", [CelScalar.STRING], CelScalar.BOOL, (path) =>
    scope.isActive(Number(path.slice(1))),
  );
  const { context, inputs, config, reads, at, beat, verdict } = scope;
  const bindings = Object.fromEntries(
    Object.entries({ context, inputs, config, reads, at, beat, verdict }).map(([name, value]) => [
      name,
      toOracle(value),
    ]),
  );
  try {
    const run = plan(celEnv({ funcs: [...strings, isActive] }), parse(source));
    const result = run(bindings as Parameters<typeof run>[0]);
    return isCelError(result) ? { error: result.message } : { value: fromOracle(result) };
  } catch (error) {
    return { error: String(error) };
  }
}

function toOracle(value: Json): unknown {
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(toOracle);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, toOracle(member)]));
}

function fromOracle(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (isCelList(value)) return Array.from(value, fromOracle);
  if (!isCelMap(value)) return value;
  return Object.fromEntries(Array.from(value, ([key, member]) => [key, fromOracle(member)]));
}
