import { describe, expect, it } from "vitest";
import type { Schema } from "./schema.ts";
import { CHARACTER_SIZE_MAX } from "./character-bytes.ts";
import { maxCanonicalBytes } from "./max-canonical-bytes.ts";

describe("maxCanonicalBytes", () => {
  it.each<readonly [schema: Schema, bytes: number]>([
    [{ type: "null" }, 4],
    [{ type: "boolean" }, 5],
    [{ type: "integer" }, 17],
    [{ type: "integer", minimum: 0 }, 16],
    [{ type: "integer", minimum: -5, maximum: 100 }, 3],
    [{ type: "integer", minimum: -500, maximum: 9 }, 4],
    [{ type: "string", maxLength: 3 }, 2 + 3 * CHARACTER_SIZE_MAX],
    [{ type: "string" }, 2 + 4_096 * 6],
    [{ type: "string", maxLength: 3, pattern: "^[a-z]+$" }, 2 + 3],
    [{ type: "string", maxLength: 3, pattern: "[a-z]+" }, 2 + 3 * 6],
    [{ type: ["null", "string"], maxLength: 0 }, 4],
    [{ type: "array", items: { type: "null" }, maxItems: 2 }, 2 + 2 * 5],
    [{ type: "array", items: { type: "boolean" } }, 2 + 256 * 6],
    [{ type: "array" }, 2],
    [{ type: "object" }, 2],
    [
      { type: "object", properties: { a: { type: "null" }, é: { type: "null" } } },
      2 + '"a":null,'.length + '"é":null,'.length + 1,
    ],
    [{ type: "object", additionalProperties: { type: "null" } }, 2 + 256 * (2 + 6 * 256 + 2 + 4)],
    [
      {
        type: "object",
        required: ["a"],
        properties: { a: { type: "null" } },
        additionalProperties: { type: "null" },
        maxProperties: 10,
        propertyNames: { maxLength: 5 },
      },
      2 + (5 + 4) + 9 * (2 + 6 * 5 + 2 + 4),
    ],
    [
      {
        type: "object",
        additionalProperties: { type: "null" },
        maxProperties: 2,
        propertyNames: { maxLength: 5, pattern: "^[a-z]*$" },
      },
      2 + 2 * (2 + 5 + 2 + 4),
    ],
    [{ enum: ["a", "é", [1, 2]] }, 5],
    [{ type: "string", enum: ["abc"] }, 5],
    [{ const: "é" }, 4],
    [{ enum: [] }, 0],
  ])("%j", (schema, bytes) => expect(maxCanonicalBytes(schema)).toBe(bytes));

  it("stops at the largest safe integer", () => {
    let schema: Schema = { type: "string" };
    for (let level = 0; level < 10; level += 1) schema = { type: "array", items: schema };
    expect(maxCanonicalBytes(schema)).toBe(Number.MAX_SAFE_INTEGER);
    expect(maxCanonicalBytes({ type: "object", properties: { a: schema, b: schema } })).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });
});
