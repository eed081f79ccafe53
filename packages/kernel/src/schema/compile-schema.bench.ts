import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { compilePattern } from "./pattern.ts";
import { compileSchema } from "./compile-schema.ts";

/** The order example's context, validated on every transition: the bound is 0.5 µs. */
const CONTEXT_NS_MAX = 500;
const validate = compileSchema({
  type: "object",
  required: ["items", "paid", "retries"],
  properties: {
    items: { type: "array", items: { type: "string", maxLength: 32 }, maxItems: 10 },
    paid: { type: "boolean" },
    retries: { type: "integer", minimum: 0, maximum: 5 },
    note: { type: "string", maxLength: 200 },
  },
});
const context = { items: ["pen", "ink"], note: "stock is late", paid: false, retries: 1 };
const broken = { items: ["pen", 1], paid: false, retries: 9 };
const compiled = compilePattern("^[A-Za-z0-9_-]{1,128}$");
const native = /^[A-Za-z0-9_-]{1,128}$/u;
const id = "order-2026-11-21_000042";

const measured = measure([
  { name: "context of the order example", run: () => validate(context, "context") },
  { name: "the same, with two violations", run: () => validate(broken, "context") },
  {
    name: "pattern of an id, 23 characters",
    run: () => compiled.ok && compiled.pattern.matches(id),
  },
  { name: "the engine's own expression", run: () => native.test(id) },
]);
process.stdout.write(printTable("schemas", measured));
const median = measured[0]?.median ?? Number.POSITIVE_INFINITY;
if (median > CONTEXT_NS_MAX) {
  process.stderr.write(`validation takes ${median} ns; at most ${CONTEXT_NS_MAX}\n`);
  process.exitCode = 1;
}
