import type { CelResult } from "./cel.ts";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { compileCel } from "./compile-cel.ts";
import { readType, recordOf } from "./cel-type.ts";
import { environmentOf, scopeOf, shown } from "./test/given.ts";
import { given } from "./test/order.ts";
import { worstCases } from "./test/worst-cases.ts";

/** What guards cost: the bounds are 50 ns for a trivial one and 2 ms for the slowest that is accepted. */
const environment = { ...environmentOf(given), reads: recordOf({ stock: readType(undefined) }) };
const scope = scopeOf({
  context: { items: ["a", "b"], meta: {}, retries: 2 },
  inputs: { item: "x" },
  config: given.config,
  reads: { stock: { configuration: ["OPEN"], context: {}, hash: "sha256-" } },
  isActive: (state) => state === 1,
});
const sources = [
  "context.items.size() > 0",
  "context.items.size() < config.limit",
  "context.retries < 3",
  "reads.stock == null || 'OPEN' in reads.stock.configuration",
  "!In('Flow.DRAFT')",
  "has(context.note) && context.note != ''",
  "context.items + [inputs.item]",
  "{'count': context.items.size()}",
  "context.items.exists(i, i == inputs.item)",
  "inputs.item in context.items",
  "context.retries + 1",
];
const programs = sources.map((source) => {
  const compilation = compileCel(source, environment);
  if (!compilation.ok) throw new Error(`${source}: ${JSON.stringify(compilation.problems)}`);
  return compilation.program;
});

const OPERATIONS = 1_000;
const contenders = programs.map((program) => ({
  name: program.source,
  operations: OPERATIONS,
  run: () => {
    let last: unknown;
    for (let turn = 0; turn < OPERATIONS; turn += 1) last = program.evaluate(scope);
    return last;
  },
}));
const guards = programs.slice(0, 3);
const together = {
  name: "three ordinary guards together",
  operations: OPERATIONS,
  run: () => {
    let held = 0;
    for (let turn = 0; turn < OPERATIONS; turn += 1) {
      for (const guard of guards) if (guard.evaluate(scope) === true) held += 1;
    }
    return held;
  },
};
const compiling = {
  name: "compile: reads.stock == null || …",
  run: () => compileCel(sources[3] ?? "", environment),
};
process.stdout.write(printTable("expressions", measure([...contenders, together, compiling])));

/** Each call is on values of its own, so least and median say most; the first call of a program pays for what the engine has not seen yet. */
const rows = worstCases().map(({ name, program, scope: fresh }) => {
  const times: number[] = [];
  let result: CelResult = null;
  for (let turn = 0; turn < 31; turn += 1) {
    const values = fresh();
    const began = performance.now();
    result = program.evaluate(values);
    times.push(performance.now() - began);
  }
  const [first = 0, ...later] = times;
  const [least = 0, ...rest] = later.toSorted((a, b) => a - b);
  const median = rest[Math.floor(rest.length / 2)] ?? 0;
  return { name, steps: program.costMax, first, median, least, result: shown(result) };
});
process.stdout.write("\nslowest accepted expressions, ms: least, median, first call; steps\n");
for (const row of rows.toSorted((a, b) => b.least - a.least).slice(0, 40)) {
  const figures = [row.least, row.median, row.first].map((ms) => ms.toFixed(3).padStart(7));
  const value = typeof row.result === "string" ? row.result : JSON.stringify(row.result);
  process.stdout.write(
    `${figures.join(" ")} ${String(row.steps).padStart(6)}  ${row.name} → ${value}\n`,
  );
}
