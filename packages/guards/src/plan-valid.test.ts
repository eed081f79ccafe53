import { valueHash, type JsonObject, type Registry } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { planValid } from "./plan-valid.ts";

const guard = planValid(nodeHasher);
const registry: Registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };

const task = (id: string, needs: readonly string[] = [], change: JsonObject = {}): JsonObject => ({
  deadline_beats: 4,
  gate: "exit-0",
  id,
  needs: [...needs],
  role: "builder",
  ...change,
});

function verdictOn(plan: JsonObject, change: JsonObject = {}) {
  const args = {
    hash: valueHash(nodeHasher, plan),
    members: 3,
    plan,
    roles: ["builder"],
    ...change,
  };
  return guard.check(args, [], registry);
}

const plan = (tasks: readonly JsonObject[], threshold = 2): JsonObject => ({
  goal: "g",
  tasks: [...tasks],
  threshold,
});

describe("a plan", () => {
  it("can be locked where its tasks can be done in some order", () => {
    expect(verdictOn(plan([task("c", ["a", "b"]), task("a"), task("b", ["a"])]))).toEqual({
      ok: true,
      reasons: ["3 tasks, 2 approvals"],
    });
  });

  it.each<readonly [name: string, plan: JsonObject, change: JsonObject, reason: string]>([
    ["has no tasks", plan([]), {}, "the plan has no tasks"],
    [
      "goes round",
      plan([task("a", ["b"]), task("b", ["a"]), task("c")]),
      {},
      "these tasks wait for one another: a, b",
    ],
    ["waits for itself", plan([task("a", ["a"])]), {}, "these tasks wait for one another: a"],
    [
      "waits for what is not there",
      plan([task("a", ["x"])]),
      {},
      "task a waits for x, which is not in the plan",
    ],
    ["names a task twice", plan([task("a"), task("a")]), {}, "task a is there more than once"],
    [
      "has a task without a role",
      plan([task("a", [], { role: "" })]),
      {},
      "task a is for nobody; the council has builder",
    ],
    [
      "has a task for a role that nobody filled",
      plan([task("a", [], { role: "judge" })]),
      {},
      "task a is for judge; the council has builder",
    ],
    [
      "has a task without a deadline",
      plan([task("a", [], { deadline_beats: 0 })]),
      {},
      "task a has no deadline in beats",
    ],
    ["has a task without a gate", plan([task("a", [], { gate: "" })]), {}, "task a has no gate"],
    ["asks for no approval", plan([task("a")], 0), {}, "0 approvals are asked of 3 members"],
    [
      "asks for more approvals than there are members",
      plan([task("a")], 4),
      {},
      "4 approvals are asked of 3 members",
    ],
  ])("cannot be locked where it %s", (_name, given, change, reason) => {
    const verdict = verdictOn(given, change);
    expect(verdict.ok).toBe(false);
    expect(verdict.reasons).toContain(reason);
  });

  it("cannot be locked under another hash", () => {
    const hash = `sha256-${"0".repeat(64)}`;
    expect(verdictOn(plan([task("a")]), { hash }).reasons[0]).toMatch(
      /the plan's hash is sha256-.*; the proposal says/,
    );
  });
});
