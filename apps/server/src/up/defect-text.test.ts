import { describe, expect, it } from "vitest";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { createScreen } from "../screen/create-screen.ts";
import { withServer } from "../http/test/with-server.ts";
import { defectText } from "./defect-text.ts";

const CANARY = "canary-defect";

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
}

describe("a defect in the log", () => {
  it.each<[string, () => unknown, string]>([
    ["no JSON", () => JSON.parse(`{"${CANARY}`), "SyntaxError: "],
    [
      "JSON that goes wrong",
      () => JSON.parse(`{"a":${CANARY}}`),
      "SyntaxError: Unexpected token …",
    ],
    ["a text", () => JSON.parse(CANARY), "SyntaxError: Unexpected token …"],
    [
      "a name",
      () => Reflect.get(Object(undefined), CANARY)[CANARY],
      "TypeError: Cannot read properties of undefined (reading …",
    ],
    ["a number", () => BigInt(CANARY), "SyntaxError: Cannot convert … to a BigInt"],
    ["a mark in it", () => JSON.parse(`"it's ${CANARY}" x`), "SyntaxError: "],
    ["lines", () => JSON.parse(`x\n    at ${CANARY}`), "SyntaxError: Unexpected token …"],
  ])("says what it is and where, and nothing of what it was given: %s", (_what, act, begin) => {
    const text = defectText(thrownBy(act));
    expect(text.startsWith(begin), text).toBe(true);
    expect(text).toContain("defect-text.test.ts");
    expect(text).not.toContain(CANARY);
  });

  it("keeps the words of ours, and of what is no error its type alone", () => {
    expect(defectText(new Error("K5 is broken at 7"))).toMatch(/^Error: K5 is broken at 7\n/u);
    expect(defectText(CANARY)).toBe("something of type string was thrown");
  });

  it("is told of without the body by every door, and its sender learns nothing of it", () =>
    withServer(async (served) => {
      const log: string[] = [];
      const screen = createScreen(served.folder, SHIPPED_RULES);
      // A mistake of ours that every proposal meets: it takes a text for JSON.
      screen.proposal = (text) => JSON.parse(JSON.parse(text).inputs.reason);
      await served.restart({ screen, onDefect: (error) => log.push(defectText(error)) });
      const body = served.text({ inputs: { reason: CANARY, variant: CANARY } });
      const answers = [
        await served.post(body),
        await served.post(body, { "content-type": "application/json; charset=utf-8" }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(500);
        expect(await answer.text()).not.toContain(CANARY);
      }
      expect(log.length).toBe(answers.length);
      expect(log.join("\n")).toMatch(/^SyntaxError: Unexpected token … is not valid JSON\n/u);
      expect(log.join("\n")).not.toContain(CANARY);
    }));
});
