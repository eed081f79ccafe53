import { pureHasher } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import type { Agent } from "./agent.ts";
import { chooseAgent, fenceFor, sessionIdOf } from "./allocation.ts";

const agent = (id: string, over: Partial<Agent> = {}): Agent => ({
  id,
  capabilities: ["any"],
  connection: 1,
  fence: 0,
  isConnected: true,
  isFree: true,
  isTrusted: true,
  key: `key-${id}`,
  pool: "main",
  session: "",
  ...over,
});

const WANTED = { pool: "main", capability: "builder", preferred: [], onlyPreferred: false };

describe("the agent that a session gets", () => {
  it.each<readonly [what: string, agents: readonly Agent[], chosen: string | undefined]>([
    ["none where there are none", [], undefined],
    ["the first by name", [agent("b"), agent("a")], "a"],
    ["the least used before the first by name", [agent("a", { fence: 3 }), agent("b")], "b"],
    ["nobody who is gone", [agent("a", { isConnected: false })], undefined],
    ["nobody who is lent already", [agent("a", { isFree: false })], undefined],
    ["nobody who is not trusted", [agent("a", { isTrusted: false })], undefined],
    ["nobody of another pool", [agent("a", { pool: "other" })], undefined],
    ["nobody who cannot", [agent("a", { capabilities: ["painter"] })], undefined],
    ["whoever can", [agent("a", { capabilities: ["builder"] })], "a"],
  ])("is %s", (_what, agents, chosen) => {
    expect(chooseAgent(agents, WANTED)?.id).toBe(chosen);
  });

  it("is a preferred one first, also one that says nothing of the capability", () => {
    const preferred = ["key-b"];
    const agents = [agent("a"), agent("b", { capabilities: [], fence: 9 })];
    expect(chooseAgent(agents, { ...WANTED, preferred })?.id).toBe("b");
    expect(chooseAgent([agent("a")], { ...WANTED, preferred })?.id).toBe("a");
    expect(chooseAgent([agent("a")], { ...WANTED, preferred, onlyPreferred: true })).toBe(
      undefined,
    );
  });
});

describe("fences and sessions", () => {
  it("gives a fence above what agent and task have seen", () => {
    expect(fenceFor(agent("a", { fence: 4 }), 2)).toBe(5);
    expect(fenceFor(agent("a", { fence: 1 }), 7)).toBe(8);
  });

  it("names the same work alike, other work otherwise, within what an id may be", () => {
    const long = { holder: "p".repeat(128), task: "build.all", turn: 1 };
    const id = sessionIdOf(pureHasher, long);
    expect(id).toBe(sessionIdOf(pureHasher, long));
    expect(id).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
    const others = [
      { ...long, turn: 2 },
      { ...long, task: "build_all" },
      { ...long, holder: `${"p".repeat(127)}q` },
    ].map((work) => sessionIdOf(pureHasher, work));
    expect(new Set([id, ...others]).size).toBe(4);
  });
});
