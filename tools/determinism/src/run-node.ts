import { hash } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import process from "node:process";
import { CHART_FILES } from "./chart-files.ts";
import { poisonGlobals } from "./poison.ts";

/** One run on this Node, under poisoned globals: prints the trace as JSON. Arguments: records, seed, `shuffle`. */
const [records, seed, shuffle] = process.argv.slice(2);
const charts = CHART_FILES.map((file) => readFileSync(file, "utf8"));
const encoder = new TextEncoder();
// Before the kernel comes in, so that nothing of it can keep an earlier reference.
poisonGlobals();
const { runWorkload } = await import("./workload.ts");
const trace = runWorkload(
  {
    sha256: (data) => hash("sha256", data, "buffer"),
    utf8: (text) => encoder.encode(text),
  },
  {
    charts,
    records: Number(records),
    seed: Number(seed),
    shuffleKeys: shuffle === "shuffle",
    fromNormal: shuffle === "shuffle",
  },
);
writeSync(1, `${JSON.stringify(trace)}\n`);
