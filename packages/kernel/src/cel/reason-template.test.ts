import { describe, expect, it } from "vitest";
import type { CelScope } from "./cel.ts";
import { compileReason } from "./reason-template.ts";
import { renderReason } from "./render-reason.ts";
import { environmentOf, scopeOf } from "./test/given.ts";
import { given } from "./test/order.ts";

const environment = environmentOf(given);

function rendered(text: string, values: Partial<CelScope> = {}): string {
  const compilation = compileReason(text, environment);
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.problems));
  return renderReason(compilation.template, scopeOf(values));
}

function problems(text: string): readonly unknown[] {
  const compilation = compileReason(text, environment);
  return compilation.ok ? [] : compilation.problems.map(({ offset, message }) => [offset, message]);
}

describe("reasons", () => {
  const context = { items: ["a", "b"], meta: {}, retries: 2 };
  it.each([
    ["", ""],
    ["plain", "plain"],
    ["{context.items.size()} items; the limit is {config.limit}", "2 items; the limit is 10"],
    ["{config.warehouse}", "main"],
    ["{context.items}", '["a","b"]'],
    ["{beat} {at > 1} {{'b': 1, 'a': [null]}}", "null true {'b': 1, 'a': [null]}"],
    ["{ {'b': 1, 'a': [null]} }", '{"a":[null],"b":1}'],
    ["{[{'a': {'b': 1}}]}!", '[{"a":{"b":1}}]!'],
    ["{'}'}{'{'}{\"}'\"}{'\\'}'}", "}{}''}"],
    ["{{}}", "{}"],
    ["{{{at}}}", "{5}"],
    ["a}}b{{c", "a}b{c"],
    ["{context.retries / 0}!", "error: division_by_zero!"],
    ["{context.items[9]}", "error: no_such_key"],
    ["{-9007199254740991 - at}", "error: overflow"],
  ])("%s → %s", (text, expected) => {
    expect(rendered(text, { context, at: 5 })).toBe(expected);
  });

  it("are cut at 256 code points", () => {
    const long = "😀".repeat(300);
    expect(rendered(long)).toBe("😀".repeat(256));
    expect(rendered("x".repeat(256))).toBe("x".repeat(256));
    expect(rendered("x".repeat(257))).toBe("x".repeat(256));
    expect(rendered(`${"😀".repeat(255)}{at}{at}`, { at: 7 })).toBe(`${"😀".repeat(255)}7`);
    expect(
      rendered("{context.items[0]}{context.items[0]}", {
        context: { ...context, items: ["😀".repeat(200)] },
      }),
    ).toBe("😀".repeat(256));
  });

  it("keep text and programs apart", () => {
    const compilation = compileReason("a{at}b{beat}", environment);
    const kinds = compilation.ok ? compilation.template.map((part) => typeof part) : [];
    expect(kinds).toEqual(["string", "object", "string", "object"]);
  });

  it.each<[string, readonly unknown[]]>([
    [
      "{foo} and {at +}",
      [
        [1, expect.stringContaining("unknown name `foo`")],
        [15, expect.stringContaining("is not finished")],
      ],
    ],
    ["ab {context.foo}", [[12, expect.stringContaining("has no field `foo`")]]],
    ["{{x}} {foo}", [[7, expect.stringContaining("unknown name")]]],
    ["{}", [[1, "the expression is empty"]]],
    ["a {at", [[2, "`{` opens an expression that never ends; write `{{` for a brace"]]],
    ["a {'}", [[2, "`{` opens an expression that never ends; write `{{` for a brace"]]],
    ["a } b", [[2, "write `}}` for a brace"]]],
    [
      "{foo} }",
      [
        [6, "write `}}` for a brace"],
        [1, expect.stringContaining("unknown name")],
      ],
    ],
  ])("%s is refused", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
