import type { JsonObject } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { shipped } from "./shipped.ts";

const chart = shipped("project");

/** A guard, when, what it sees then, and its reason where it does not hold. */
export type GuardRow = readonly [guard: string, when: string, seen: Seen, no: RegExp | null];

/** Journal time of every row, ms. */
export const AT_MS = 1_000;

/** A part of the context as a project begins with it, with changes. */
export function part(name: string, change: JsonObject): JsonObject {
  return { ...Object(chart.initialContext[name]), ...change };
}

/** Guards of the shipped project chart on rows; each must be shown to hold and not to hold. */
export function describeGuards(of: string, rows: readonly GuardRow[]): void {
  describe(`guards of ${of}`, () => {
    it.each(rows)("%s: %s", (guard, _when, seen, no) => {
      const { holds, reason } = ask(guard, seen);
      expect(holds).toBe(no === null);
      if (no !== null) expect(reason).toMatch(no);
    });

    it("are each shown to hold and not to hold", () => {
      const answers = new Set(rows.map(([guard, , , no]) => `${guard} ${no === null}`));
      const names = new Set(rows.map(([guard]) => guard));
      expect([...names].filter((name) => !answers.has(`${name} true`))).toEqual([]);
      expect([...names].filter((name) => !answers.has(`${name} false`))).toEqual([]);
    });
  });
}

/** What a guard sees, where it is not as at the beginning of a project. */
export interface Seen {
  readonly active?: readonly string[];
  readonly beat?: number | null;
  readonly context?: JsonObject;
  readonly human?: boolean;
  readonly inputs?: JsonObject;
  readonly reads?: JsonObject;
  readonly signer?: string | null;
}

/** The outcome of a guard of the chart; the reason where it does not hold. */
function ask(name: string, seen: Seen): { readonly holds: unknown; readonly reason: string } {
  const guard = guards.get(name);
  if (guard?.kind !== "cel") throw new Error(`${name} is no expression of the chart`);
  const active = new Set((seen.active ?? []).map((path) => chart.stateByPath.get(path)?.index));
  if (active.has(undefined)) throw new Error(`one of ${String(seen.active)} is no state`);
  const scope = {
    at: AT_MS,
    beat: seen.beat ?? null,
    config: chart.config,
    context: { ...chart.initialContext, ...seen.context },
    human: seen.human ?? false,
    inputs: seen.inputs ?? {},
    isActive: (state: number) => active.has(state),
    reads: { beat: null, claims: null, license: null, policy: null, tools: {}, ...seen.reads },
    self: { chart_hash: "", id: "p", instance: "project/p", origin: "o" },
    signer: seen.signer ?? null,
    verdict: [],
    window: null,
  };
  const reason = guard.reason
    .map((part) => {
      if (typeof part === "string") return part;
      const value = part.evaluate(scope);
      if (typeof value === "symbol") throw new Error(`${name}: {${part.source}} errs`);
      return typeof value === "string" ? value : JSON.stringify(value);
    })
    .join("");
  return { holds: guard.when.evaluate(scope), reason };
}

const guards = new Map(
  [...chart.transitions.values(), ...chart.candidates]
    .flatMap((one) => one.guards)
    .map((guard) => [guard.name, guard]),
);
