import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compileCel } from "../cel/compile-cel.ts";
import { environmentOf, scopeOf } from "../cel/test/given.ts";
import { given } from "../cel/test/order.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { loadChartText } from "./load-chart-text.ts";
import { createNativeRegistry } from "./native-registry.ts";
import { rowChart } from "./test/row-chart.ts";

/**
 * What the first chart and the first guard cost in a process that has done nothing yet: code that was never run is read and
 * interpreted before it is compiled. Each line is a process of its own, several times; its figures are milliseconds of the
 * processor, so that a busy machine changes them little.
 */
const EXAMPLE = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);
const ROUNDS = Number(process.env["SWOOSH_BENCH_ROUNDS"] ?? 5);

function usedMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** By the clock: the processor's time is told in steps too wide for what takes less than a millisecond. */
function tookMs(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

interface Figures {
  readonly loads: readonly number[];
  readonly compileMs: number;
  readonly evaluateMs: number;
  readonly againMs: number;
}

/** In the process that has done nothing: loads charts of these sizes (0: the example) in order, then a guard. */
function loadAll(sizes: readonly number[]): Figures {
  const natives = createNativeRegistry([]);
  const loads = sizes.map((size) => {
    const text = size === 0 ? EXAMPLE : rowChart(size);
    return usedMs(() => {
      const { chart, problems } = loadChartText(text, { hasher: nodeHasher, natives });
      if (chart === undefined) throw new Error(problems[0]?.message);
    });
  });
  const scope = scopeOf({
    context: { items: ["a", "b"], meta: {}, retries: 2 },
    inputs: { item: "x" },
    config: given.config,
  });
  const compile = () =>
    compileCel("context.items.exists(i, i == inputs.item)", environmentOf(given));
  const compileMs = usedMs(compile);
  const compiled = compile();
  if (!compiled.ok) throw new Error("the expression is refused");
  const evaluateMs = tookMs(() => compiled.program.evaluate(scope));
  const againMs = tookMs(() => compiled.program.evaluate(scope));
  return { loads, compileMs, evaluateMs, againMs };
}

function inNewProcess(sizes: readonly number[]): Figures {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), ...sizes.map(String)],
    { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

const asked = process.argv.slice(2).map(Number);
if (asked.length > 0) {
  process.stdout.write(JSON.stringify(loadAll(asked)));
} else {
  const KIB = 1_024;
  const full = 127 * KIB;
  const cases = [
    [0],
    [16 * KIB],
    [64 * KIB],
    [full],
    [0, 0],
    [0, 64 * KIB],
    [0, full],
    [full, full],
  ];
  for (const sizes of cases) {
    const runs = Array.from({ length: ROUNDS }, () => inNewProcess(sizes));
    const last = sizes.at(-1) ?? 0;
    const kib = (last === 0 ? EXAMPLE.length : last) / KIB;
    const ms = median(runs.map(({ loads }) => loads.at(-1) ?? 0));
    const [before] = sizes.slice(0, -1);
    const how =
      before === undefined
        ? "first in its process"
        : `after one of ${((before === 0 ? EXAMPLE.length : before) / KIB).toFixed(1)} KiB`;
    process.stdout.write(
      `chart of ${kib.toFixed(1).padStart(5)} KiB, ${how}: ${ms.toFixed(1)} ms, ${(ms / kib).toFixed(2)} ms a KiB\n`,
    );
  }
  const first = Array.from({ length: ROUNDS }, () => inNewProcess([0]));
  for (const [what, key] of [
    ["a guard's compilation, after one chart", "compileMs"],
    ["its first evaluation in the process", "evaluateMs"],
    ["its second", "againMs"],
  ] as const) {
    process.stdout.write(`${what}: ${median(first.map((one) => one[key])).toFixed(2)} ms\n`);
  }
}
