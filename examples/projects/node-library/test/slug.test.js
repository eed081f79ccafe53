import assert from "node:assert/strict";
import { test } from "node:test";
import { slug } from "../src/slug.js";

void test("words are joined by single dashes", () => {
  assert.equal(slug("  Hello,   World! "), "hello-world");
});

void test("accents are left out", () => {
  assert.equal(slug("Crème brûlée"), "creme-brulee");
});

void test("nothing stays nothing", () => {
  assert.equal(slug("…"), "");
});
