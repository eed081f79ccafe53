import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseStrictJson } from "../../json/parse-json.ts";
import { PROPOSAL_BYTES_MAX } from "../../limits.ts";
import { cpuTimeMs } from "../../testing/cpu-time.ts";
import { parseYaml } from "../parse-yaml.ts";
import { OVERSIZED } from "./oversized.ts";

/**
 * In a process that has read nothing yet: refuses one text of `OVERSIZED` (its number is the argument) and prints
 * `{refused, coldMs, againMs, markKib, peakKib}`; the peak is of all memory that the process holds, beyond what it held before.
 */
export interface RefusalCost {
  readonly refused: boolean;
  /** Processor time of all threads for the first time, and for the fifth. */
  readonly coldMs: number;
  readonly againMs: number;
  /** The system's mark of the highest memory itself: never 0 where it could be read. */
  readonly markKib: number;
  readonly peakKib: number;
}

function kibOf(field: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  return Number(found?.[1]);
}

const oversized = OVERSIZED[Number(process.argv[2])];
if (oversized === undefined) throw new Error(`there is no text ${process.argv[2]}`);
const text = oversized.text();
// One flat string, as an edge hands it in.
text.charCodeAt(text.length - 1);
const refuses = (): boolean =>
  oversized.edge === "yaml"
    ? parseYaml(text).value === undefined
    : !parseStrictJson(text, { place: "", bytesMax: PROPOSAL_BYTES_MAX }).ok;

// The system's mark of the highest memory goes back to what is held now (Linux, proc(5)).
writeFileSync("/proc/self/clear_refs", "5");
const beforeKib = kibOf("VmRSS");
let refused = false;
const coldMs = cpuTimeMs(() => {
  refused = refuses();
});
const markKib = kibOf("VmHWM");
const peakKib = markKib - beforeKib;
for (let turn = 0; turn < 3; turn += 1) refuses();
const againMs = cpuTimeMs(refuses);
const cost: RefusalCost = { refused, coldMs, againMs, markKib, peakKib };
process.stdout.write(JSON.stringify(cost));
