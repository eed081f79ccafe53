import { describe, expect, it } from "vitest";
import { countKills, inOrderOfKills } from "./killers.ts";

describe("countKills", () => {
  it("puts the test that noticed most first, and leaves other files as they were", () => {
    const kills = [
      { file: "b.ts", by: "once.test.ts" },
      { file: "b.ts", by: "twice.test.ts" },
      { file: "b.ts", by: "twice.test.ts" },
    ];
    expect(countKills({ "c.ts": ["c.test.ts"], "b.ts": ["old.test.ts"] }, kills)).toEqual({
      "b.ts": ["twice.test.ts", "once.test.ts"],
      "c.ts": ["c.test.ts"],
    });
  });
});

describe("inOrderOfKills", () => {
  it("loses no test, and drops names of tests that are gone", () => {
    const order = inOrderOfKills(["a", "b", "c"], {
      killers: ["c", "gone", "a"],
      pathOf: (test) => test,
    });
    expect(order).toEqual({ first: ["c", "a"], rest: ["b"] });
  });
});
