import { describe, expect, it } from "vitest";
import { judgeOutcome, type TaskGate } from "./judge-outcome.ts";

const GATE: TaskGate = {
  name: "built",
  exit: 0,
  files: ["dist/a.js"],
  contains: ["ok"],
  lacks: ["warning"],
};
const GOOD = { exit: 0, files: ["dist/a.js"], output: "ok\n" };

describe("a gate", () => {
  it.each<
    readonly [
      what: string,
      outcome: Partial<typeof GOOD> | { exit: null },
      reasons: readonly string[],
    ]
  >([
    ["passes", {}, []],
    ["fails by exit", { exit: 2 }, ["exit 2; gate built wants exit 0"]],
    [
      "fails where the run was ended",
      { exit: null },
      ["it was ended before it could exit; gate built wants exit 0"],
    ],
    ["fails without its file", { files: [] }, ["dist/a.js is not there after the run"]],
    [
      "fails by what the output lacks and has",
      { output: "warning" },
      ['the output lacks "ok"', 'the output has "warning"'],
    ],
  ])("%s", (_what, change, reasons) => {
    expect(judgeOutcome(GATE, { ...GOOD, ...change })).toEqual(reasons);
  });
});
