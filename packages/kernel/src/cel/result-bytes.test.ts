import { describe, expect, it } from "vitest";
import fc from "fast-check";
import type { Json } from "../json/json.ts";
import { resultBytes } from "./result-bytes.ts";

const values = fc
  .jsonValue({ stringUnit: "grapheme" })
  .map(
    (value) =>
      JSON.parse(
        JSON.stringify(value, (_, part: unknown) =>
          typeof part === "number" ? Math.trunc(part) : part,
        ),
      ) as Json,
  );
const bytesOf = (value: Json): number => new TextEncoder().encode(JSON.stringify(value)).length;

describe("resultBytes", () => {
  it("counts what JSON.stringify writes", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(resultBytes(value, Infinity)).toBe(bytesOf(value));
      }),
    );
  });

  it.each<[Json]>([
    ['\u0000\b\t\n\u000b\f\r\u001f "\\/a\u007f\u0080\u07ff\u0800\uffff😀'],
    [[0, 9, 10, -1, true, false, null, [], {}, [1], [1, 2]]],
    [{ "": {}, "\n": { a: 1 }, é: [] }],
  ])("%j", (value) => {
    expect(resultBytes(value, Infinity)).toBe(bytesOf(value));
    expect(resultBytes(value, bytesOf(value))).toBe(bytesOf(value));
    expect(resultBytes(value, bytesOf(value) - 1)).toBeGreaterThan(bytesOf(value) - 1);
  });

  it("stops where a value repeats itself beyond all bounds", () => {
    let value: Json = ["x"];
    for (let doubling = 0; doubling < 100; doubling += 1) value = [value, { a: value }];
    expect(resultBytes(value, 1_000)).toBeGreaterThan(1_000);
  });
});
