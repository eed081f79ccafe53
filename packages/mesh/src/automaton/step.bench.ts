import { hash } from "node:crypto";
import process from "node:process";
import { soup } from "../random/soup.ts";
import { BitsEngine } from "./bits-engine.ts";
import type { Engine } from "./engine.ts";
import { createNpmPeer } from "./test/npm-peer.ts";
import { NaiveEngine } from "./naive-engine.ts";
import { CONWAY } from "./rule.ts";
import { SimdEngine } from "./simd/simd-engine.ts";
import { threadHost } from "./simd/test/thread-host.ts";
import { WorkersEngine } from "./simd/workers-engine.ts";

/**
 * Cells a second of each engine on the same soup, density 375 per mille, in one run; the ratio to the naive engine is what
 * can be compared between machines. Beside them runs an engine that npm gives. The dense kernel: every measurement begins with the soup, before anything is quiet.
 */
const ROUNDS = 5;
const SIDES = [256, 1_024, 4_096] as const;
/** ms that one measurement takes at least. */
const LEAST_MS = 150;

const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };

type Contender = Pick<Engine, "load" | "step" | "population" | "close">;

const CONTENDERS: readonly (readonly [name: string, make: () => Contender, sideMax: number])[] = [
  ["way-of-life", createNpmPeer, 4_096],
  ["naive", () => new NaiveEngine(hasher), 1_024],
  ["bits", () => new BitsEngine(hasher), 4_096],
  ["simd", () => new SimdEngine(hasher, threadHost), 4_096],
  ["workers, 1", () => new WorkersEngine(hasher, threadHost, 1), 4_096],
  ["workers, 2", () => new WorkersEngine(hasher, threadHost, 2), 4_096],
];

/** 10^9 cells a second. */
function measure(engine: Contender, side: number): number {
  const grid = soup({ width: side, height: side }, { seed: 1 });
  engine.load(grid, CONWAY);
  engine.step(4);
  let ticks = 1;
  for (;;) {
    const start = performance.now();
    engine.step(ticks);
    const ms = performance.now() - start;
    // Beyond some hundred ticks the soup settles: more of them would measure something else.
    if (ms >= LEAST_MS || ticks >= 4_096) return (side * side * ticks) / ms / 1e6;
    ticks *= 2;
    engine.load(grid, CONWAY);
    engine.step(4);
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;

/** A peer that computed something else would be no peer. */
function mustAgree(): void {
  const grid = soup({ width: 256, height: 256 }, { seed: 1 });
  const [ours, peer] = [new BitsEngine(hasher), createNpmPeer()].map((engine: Contender) => {
    engine.load(grid, CONWAY);
    engine.step(256);
    return engine.population();
  });
  if (ours !== peer) throw new Error(`way-of-life has ${peer} cells after 256 ticks, ours ${ours}`);
}

mustAgree();
for (const side of SIDES) {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, make, sideMax] of CONTENDERS) {
      if (side > sideMax) continue;
      const engine = make();
      rates.set(name, [...(rates.get(name) ?? []), measure(engine, side)]);
      engine.close();
    }
  const naive = median(rates.get("naive") ?? []);
  const npm = median(rates.get("way-of-life") ?? []);
  for (const [name, found] of rates) {
    const ratio = naive === 0 ? "" : `${(median(found) / naive).toFixed(0)} x naive`;
    const spread = `${Math.min(...found).toFixed(2)} … ${Math.max(...found).toFixed(2)}`;
    process.stdout.write(
      `${String(side).padStart(5)}²  ${name.padEnd(12)} ${median(found).toFixed(2).padStart(8)} G cells/s  (${spread})  ${ratio}${ratio === "" ? "" : ", "}${(median(found) / npm).toFixed(1)} x way-of-life\n`,
    );
  }
}
process.exit(0);
