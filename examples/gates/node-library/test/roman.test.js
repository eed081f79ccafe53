import assert from "node:assert/strict";
import { test } from "node:test";
import { fromRoman, toRoman } from "../src/index.js";

void test("every number comes back", () => {
  for (let number = 1; number < 4000; number += 1) assert.equal(fromRoman(toRoman(number)), number);
});

void test("what is no numeral is refused", () => {
  assert.equal(fromRoman("IIII"), undefined);
  assert.equal(fromRoman("hello"), undefined);
  assert.throws(() => toRoman(0), RangeError);
});
