import process from "node:process";
import { printCounts, type Counts } from "./counts.ts";
import type { Part } from "./part.ts";
import { PARTS } from "./parts.ts";
import { runPart, type PartRun } from "./run-part.ts";

const USAGE = `usage: node tools/test/src/main.ts [--fast | --soak] [PART…]
  --fast   only the fast half: ${namesOf(PARTS.filter((part) => part.fast))}
  --soak   the long runs of the parts that have one
  PART     only these parts, by name: ${namesOf(PARTS)}
`;

// Ending this program ends the part that is running, by the exit listener of the part.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(130));

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const parts = chosenParts(argv);
  if (parts === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const soak = argv.includes("--soak");
  const runs: PartRun[] = [];
  for (const part of parts) {
    say(`── ${part.name} ${"─".repeat(Math.max(3, 60 - part.name.length))}`);
    const run = await runPart(part, soak, (elapsedMs) =>
      say(`   … still running after ${seconds(elapsedMs)}`),
    );
    report(run);
    runs.push(run);
  }
  return summarise(runs);
}

function chosenParts(argv: readonly string[]): readonly Part[] | undefined {
  const names = argv.filter((argument) => !argument.startsWith("--"));
  const known = argv.every(
    (argument) =>
      ["--fast", "--soak"].includes(argument) || PARTS.some((part) => part.name === argument),
  );
  if (!known || (argv.includes("--fast") && argv.includes("--soak"))) return undefined;
  return PARTS.filter((part) => {
    if (names.length > 0 && !names.includes(part.name)) return false;
    if (argv.includes("--fast")) return part.fast === true;
    return argv.includes("--soak")
      ? part.soak !== undefined || part.soakOnly === true
      : part.soakOnly !== true || names.length > 0;
  });
}

/** A failed part is shown whole, a passed one in a line. */
function report(run: PartRun): void {
  if (run.counts.failed > 0) say(run.output.trimEnd());
  if (run.crash !== null) say(`   ${run.name} ${run.crash}`);
  say(`   ${printCounts(run.counts)} (${seconds(run.durationMs)})`);
}

function summarise(runs: readonly PartRun[]): number {
  const counts: Counts = {
    passed: runs.reduce((sum, run) => sum + run.counts.passed, 0),
    failed: runs.reduce((sum, run) => sum + run.counts.failed, 0),
  };
  const failing = runs.filter((run) => run.counts.failed > 0).map((run) => run.name);
  const durationMs = runs.reduce((sum, run) => sum + run.durationMs, 0);
  say(`── all ${"─".repeat(57)}`);
  say(`   ${runs.length} parts in ${seconds(durationMs)}`);
  if (failing.length > 0) say(`   failing: ${failing.join(", ")}`);
  say(printCounts(counts));
  return counts.failed > 0 ? 1 : 0;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

function namesOf(parts: readonly Part[]): string {
  return parts.map((part) => `"${part.name}"`).join(", ");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
