import type { JsonObject } from "@swoosh/kernel";
import { expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { readProjectFile } from "../project-file/read-project-file.ts";
import { decide } from "./decide.ts";
import { frame, running, told, viewOf } from "./test/view-of.ts";

const { plan } = readProjectFile(`goal: g
roles: [{ name: r, core: true, seats: 3 }]
tasks: [
  { id: last, run: x, needs: [next, other] },
  { id: next, run: x, needs: [first] },
  { id: first, run: x },
  { id: other, run: x },
]
`);

function decided(states: { readonly [id: string]: readonly [string, number] }): readonly string[] {
  const tasks = Object.entries(states).map(([id, [state, attempts]]): JsonObject => ({
    attempts,
    fence: attempts,
    id,
    state,
  }));
  const at = { parts: "READY READY READY EXECUTION.WORK" };
  return decide(viewOf(at, running({ tasks }), { beat: frame("review"), plan }), hasher).map(told);
}

it("goes to review where what is left needs, itself or by others, what failed for good", () => {
  const others = { last: ["waiting", 0], next: ["waiting", 0], other: ["done", 1] } as const;
  expect(decided({ ...others, first: ["failed", 3] })).toEqual(["Execution_ReviewGate"]);
});

it("has done first what needs nothing of it", () => {
  const others = { last: ["waiting", 0], next: ["waiting", 0], other: ["waiting", 0] } as const;
  expect(decided({ ...others, first: ["failed", 3] })).toEqual(["Session_Request"]);
});

it("waits for what failed and is tried again", () => {
  const others = { last: ["waiting", 0], next: ["waiting", 0], other: ["done", 1] } as const;
  expect(decided({ ...others, first: ["failed", 2] })).toEqual(["Session_Request"]);
  expect(decided({ ...others, first: ["done", 2] })).toEqual(["Session_Request"]);
});
