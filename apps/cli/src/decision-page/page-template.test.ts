import { describe, expect, it } from "vitest";
import { parseTemplate, renderTemplate, type PageShape, type PageValues } from "./page-template.ts";

const SHAPE = {
  title: "text",
  index: "number",
  note: "text",
  items: { name: "text", count: "number" },
} as const satisfies PageShape;

const VALUES: PageValues = {
  title: "a*b",
  index: 7,
  note: "",
  items: [
    { name: "one|1", count: 1 },
    { name: "two", count: 2 },
  ],
};

function rendered(template: string, values: PageValues = VALUES): string {
  const parsed = parseTemplate(template, SHAPE);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return renderTemplate(parsed.pieces, values);
}

describe("a template", () => {
  it.each<readonly [template: string, page: string]>([
    ["# {{title}} {{ index }}\n", "# a&#42;b 7\n"],
    [
      "a\n{{#items}}\n- {{name}}: {{count}} of {{title}}\n{{/items}}\nb",
      "a\n- one&#124;1: 1 of a&#42;b\n- two: 2 of a&#42;b\nb",
    ],
    ["{{#note}}never{{/note}}{{^note}}none{{/note}}", "none"],
    ["{{#title}}there{{/title}}{{^items}}none{{/items}}", "there"],
    ["[{{index}}]({{index}}.md) `{{index}}`", "[7](7.md) `7`"],
    ["no fields } { at all", "no fields } { at all"],
  ])("%j gives %j", (template, page) => {
    expect(rendered(template)).toBe(page);
  });

  it("does not read what values say", () => {
    expect(rendered("{{title}}", { ...VALUES, title: "{{index}}" })).toBe(
      "&#123;&#123;index&#125;&#125;",
    );
  });

  it.each<readonly [template: string, place: string, message: string]>([
    [
      "ok\n  {{titel}}",
      "2:3",
      "{{titel}}: there is no field titel; there are title, index, note, items",
    ],
    ["{{name}}", "1:1", "{{name}}: there is no field name; there are title, index, note, items"],
    [
      "{{#items}}{{nam}}{{/items}}",
      "1:11",
      "{{nam}}: there is no field nam; there are name, count, title, index, note, items",
    ],
    ["{{items}}", "1:1", "{{items}} is a list; write {{#items}}…{{/items}} around its fields"],
    ["a {{title", "1:3", "{{ without its other half in this line"],
    ["a }} b", "1:3", "}} without its other half in this line"],
    ["{{title}} b }}", "1:13", "}} without its other half in this line"],
    ["{{#items}}\n", "1:1", "{{items}} is never closed"],
    ["{{/items}}", "1:1", "{{/items}} closes what is not open"],
    [
      "{{#items}}{{#note}}{{/items}}",
      "1:11",
      "{{#note}} begins within {{items}}; close that one first",
    ],
    ["{{title | safe}}", "1:1", "{{title | safe}} is neither a field nor a section"],
    ["`{{title}}`", "1:2", "{{title}} stands in a code span, where a text cannot be escaped"],
    [
      "```\n{{title}}\n```",
      "2:1",
      "{{title}} stands in a fenced block, where a text cannot be escaped",
    ],
    [
      "[x]({{title}})",
      "1:5",
      "{{title}} stands in the address of a link, where a text cannot be escaped",
    ],
    [
      "[x]: {{title}}",
      "1:6",
      "{{title}} stands in the address of a link, where a text cannot be escaped",
    ],
    [
      '<a href="{{title}}">',
      "1:10",
      "{{title}} stands in a tag of HTML, where a text cannot be escaped",
    ],
  ])("%j has a problem at %s", (template, place, message) => {
    const parsed = parseTemplate(template, SHAPE);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.map((one) => [`${one.line}:${one.column}`, one.message])).toEqual([
      [place, message],
    ]);
  });

  it("tells all its problems at once", () => {
    const parsed = parseTemplate("{{a}}\n{{b}} {{c}}", SHAPE);
    expect(parsed.ok ? [] : parsed.problems.map(({ line }) => line)).toEqual([1, 2, 2]);
  });
});
