import { readFileSync } from "node:fs";
import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { CHART_BYTES_MAX, DEPTH_MAX } from "../limits.ts";
import { parseYaml } from "./parse-yaml.ts";
import { scanDepth } from "./scan.ts";

/** A legal chart may take 1 ms a KiB to load, of which reading it is the largest part. */
const KIB_NS_MAX = 1_000_000;
const example = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);
const body = example
  .split("\n")
  .filter((line) => !/^(chart|version):/.test(line))
  .map((line) => `    ${line}`)
  .join("\n");
let full = "";
for (let part = 0; full.length + body.length < CHART_BYTES_MAX - 40; part += 1) {
  full += `part${part}:\n  sub:\n${body}\n`;
}
const kib = full.length / 1_024;

const measured = measure(
  [
    { name: "a full chart, for each KiB", run: () => parseYaml(full), operations: kib },
    {
      name: "the order example, for each KiB",
      run: () => parseYaml(example),
      operations: example.length / 1_024,
    },
    {
      name: "scan of a full chart, for each KiB",
      run: () => scanDepth(full, DEPTH_MAX),
      operations: kib,
    },
    { name: "128 KiB of brackets, whole", run: () => parseYaml("[".repeat(CHART_BYTES_MAX)) },
    {
      name: "128 KiB of errors, whole",
      run: () => parseYaml("{a}".repeat(CHART_BYTES_MAX / 3 - 1)),
    },
  ],
  { rounds: 9 },
);
process.stdout.write(printTable(`YAML, ${kib.toFixed(0)} KiB`, measured));
const median = measured[0]?.median ?? Number.POSITIVE_INFINITY;
if (median > KIB_NS_MAX) {
  process.stderr.write(`reading takes ${median} ns a KiB; at most ${KIB_NS_MAX}\n`);
  process.exitCode = 1;
}
