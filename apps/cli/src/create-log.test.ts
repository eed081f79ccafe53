import { describe, expect, it } from "vitest";
import { createLog } from "./create-log.ts";
import { CapturedConsole } from "./test/captured-console.ts";

describe("a log", () => {
  it("writes one JSON object a line, its head first and never replaced, errors with what they say", () => {
    const port = new CapturedConsole();
    const log = createLog(port, { level: "info", isPerson: false });
    log("debug", "not asked for");
    log("warn", "two\nlines", {
      message: "another",
      level: "none",
      cause: new Error("outer", { cause: new Error("inner") }),
    });
    expect(port.errText.split("\n")).toHaveLength(2);
    const line: Readonly<Record<string, unknown>> = JSON.parse(port.errText);
    expect(Object.keys(line)).toEqual(["timestamp", "level", "service", "message", "cause"]);
    expect(line).toMatchObject({
      level: "warn",
      service: "swoosh",
      message: "two\nlines",
      cause: { name: "Error", message: "outer", cause: { message: "inner" } },
    });
    expect(line["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u);
  });

  it("speaks to a person in lines of text, in which nothing drives the terminal", () => {
    const port = new CapturedConsole();
    createLog(port, { level: "debug", isPerson: true })("info", "taken\u001b[2J", {
      index: 4,
      reasons: ["a", "b"],
      window_id: null,
    });
    expect(port.errText.replace(/^\S+/u, "TIME")).toBe(
      'TIME info taken\\u001b[2J\n  index 4\n  reasons ["a","b"]\n',
    );
  });
});
