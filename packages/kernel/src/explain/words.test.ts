import { describe, expect, it } from "vitest";
import { atMost, dueWords, duration, instant, oneOf, schemaWords } from "./words.ts";

describe("words", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1 s"],
    [60_000, "1 min"],
    [185_000, "3 min 5 s"],
    [7_380_000, "2 h 3 min"],
    [3_600_001, "1 h"],
    [180_000_000, "2 d 2 h"],
  ])("say %i ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("list names", () => {
    expect([oneOf([]), oneOf(["a"]), oneOf(["a", "b"]), oneOf(["a", "b", "c"])]).toEqual([
      "",
      "a",
      "a or b",
      "a, b or c",
    ]);
    expect(atMost(["a", "b", "c"], 2)).toEqual(["a", "b", "1 more"]);
  });

  it("say when something is due", () => {
    expect(instant(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(dueWords({ at: 5_000 }, { at: 2_000, beat: null })).toBe(
      "at 1970-01-01T00:00:05.000Z (in 3 s)",
    );
    expect(dueWords({ at: 5_000 }, { at: 6_000, beat: null })).toContain("(1 s ago)");
    expect(dueWords({ beat: 4 }, { at: 0, beat: 1 })).toBe("at beat 4 (in 3)");
    expect(dueWords({ beat: 4 }, { at: 0, beat: 4 })).toBe("at beat 4 (now)");
  });

  it("say what a schema asks for", () => {
    expect(schemaWords({ type: "integer", minimum: 1 })).toBe("an integer of at least 1");
    expect(schemaWords({ type: "string", maxLength: 3, pattern: "^a" })).toBe(
      "a string of at most 3 characters matching ^a",
    );
    expect(schemaWords({ enum: ["a", 1] })).toBe('"a" or 1');
    expect(schemaWords({ const: true })).toBe("true");
    expect(schemaWords({})).toBe("any value");
  });
});
