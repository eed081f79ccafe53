import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { CHART_FILES, SEED } from "./chart-files.ts";
import { runWorkload } from "./workload.ts";

/**
 * Writes the golden log of a release: charts and records of a short run, one a line, for
 * `packages/kernel/src/reduce/golden-logs.test.ts` to replay for ever. A log that is there is never written again: a kernel that
 * does not give it has changed what reduce means, and needs a flag.
 */
const RECORDS = 400;
const [release] = process.argv.slice(2);
if (release === undefined || !/^\d+\.\d+\.\d+$/.test(release)) {
  process.stderr.write("write-golden-log: say the release, as in `0.1.0`\n");
  process.exit(2);
}
const folder = join(import.meta.dirname, "../../../packages/kernel/cases/golden");
const file = (kind: string): string => join(folder, `${release}.${kind}.jsonl`);
if (existsSync(file("records"))) {
  process.stderr.write(
    `write-golden-log: ${release} has its golden log; it is never written again\n`,
  );
  process.exit(2);
}
const charts: string[] = [];
const records: string[] = [];
const encoder = new TextEncoder();
const { logRoot } = runWorkload(
  {
    sha256: (data) => hash("sha256", data, "buffer"),
    utf8: (text) => encoder.encode(text),
  },
  {
    charts: CHART_FILES.map((name) => readFileSync(name, "utf8")),
    records: RECORDS,
    seed: SEED,
    shuffleKeys: false,
    fromNormal: false,
    keep: { chart: (text) => charts.push(text), record: (text) => records.push(text) },
  },
);
mkdirSync(folder, { recursive: true });
writeFileSync(file("charts"), charts.map((text) => `${text}\n`).join(""));
writeFileSync(file("records"), records.map((text) => `${text}\n`).join(""));
process.stdout.write(`${records.length} records, root of the log ${logRoot}\n`);
