import type { Hasher } from "@swoosh/kernel";
import {
  BitsEngine,
  CONWAY,
  SimdEngine,
  soup,
  WorkersEngine,
  type CrewHost,
  type Engine,
} from "@swoosh/mesh";

const SIZE = { width: 128, height: 128 };
const TICKS = 10_000;
const SEED = 1;

/**
 * Hash of a soup at tick 10,000 by engine. `settled` resolves when the threads that a host has hired are there: a
 * browser starts none while its caller is busy.
 */
export async function meshHashes(
  hasher: Hasher,
  host: CrewHost,
  settled: () => Promise<void>,
): Promise<Readonly<Record<string, string>>> {
  const engines: readonly (readonly [string, Engine])[] = [
    ["no SIMD", new BitsEngine(hasher)],
    ["SIMD", new SimdEngine(hasher, host)],
    ["1 worker", new WorkersEngine(hasher, host, 1)],
    ["2 workers", new WorkersEngine(hasher, host, 2)],
  ];
  const hashes: Record<string, string> = {};
  for (const [name, engine] of engines) {
    engine.load(soup(SIZE, { seed: SEED }), CONWAY);
    await settled();
    engine.step(TICKS);
    hashes[name] = engine.hash();
    engine.close();
  }
  return hashes;
}
