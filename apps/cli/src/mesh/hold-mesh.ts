import { hash } from "node:crypto";
import {
  CONWAY,
  EnergyField,
  findPatterns,
  LoraAutomaton,
  PULSE_LAW,
  SimdEngine,
  soup,
} from "@swoosh/mesh";
import process from "node:process";
import { createLoadedMesh } from "./loaded-mesh.ts";
import { nodeKernelHost } from "./node-kernel-host.ts";

export interface HoldJob {
  /** Cells a side of a loaded mesh; or a grid of 1,024² with its fields; or one with eight channels of pulses. */
  readonly what: "mesh-5" | "mesh-100" | "fields-1024" | "pulses-1024";
  /** Bytes that are taken besides, on purpose. */
  readonly wasteBytes: number;
}

export interface Held {
  /** The most that the process had resident at any time, its own start included. */
  readonly peakBytes: number;
  /** Typed arrays alive at the end beyond those before the beginning. */
  readonly arrayBytes: number;
}

const SIZE = { width: 1_024, height: 1_024 };
const TICKS = 200;
const CHANNELS = 8;
const WASTE_PIECE = 64 * 1_024 * 1_024;

/** Builds what is asked for, works with it, and tells what it cost. */
export function holdMesh({ what, wasteBytes }: HoldJob): Held {
  const before = process.memoryUsage().arrayBuffers;
  const kept =
    what === "fields-1024"
      ? holdFields()
      : what === "pulses-1024"
        ? holdPulses()
        : holdLoadedMesh(what === "mesh-5" ? 5 : 100);
  const waste: Uint8Array[] = [];
  // Filled, or the system would lend the pages in name only.
  for (let left = wasteBytes; left > 0; left -= WASTE_PIECE)
    waste.push(new Uint8Array(Math.min(left, WASTE_PIECE)).fill(1));
  const arrayBytes = process.memoryUsage().arrayBuffers - before;
  const peakBytes = process.resourceUsage().maxRSS * 1_024;
  // Read after the measuring, so that none of it was let go before.
  return { peakBytes, arrayBytes: kept() + waste.length > 0 ? arrayBytes : 0 };
}

type Kept = () => number;

function holdLoadedMesh(side: number): Kept {
  const mesh = createLoadedMesh(side);
  for (let tick = 0; tick < TICKS; tick += 1) mesh.tick();
  return () => mesh.delivered() + mesh.eventBytes();
}

function holdFields(): Kept {
  const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };
  const engine = new SimdEngine(hasher, nodeKernelHost);
  const energy = new EnergyField(SIZE, { lossPerMillion: 20_000, spreadPerMillion: 100_000 });
  const automaton = new LoraAutomaton(SIZE, { law: PULSE_LAW, hasher });
  const start = soup(SIZE, { seed: 1, densityPerMille: 100 });
  engine.load(start, CONWAY);
  automaton.load(start);
  energy.setSource(512, 512, 1);
  automaton.addDisc(0, { x: 512, y: 512, radius: 8, amplitude: 98_304 });
  for (let tick = 0; tick < TICKS; tick += 1) {
    engine.step(1);
    energy.step();
    automaton.step();
  }
  const found = findPatterns(engine.read()).length;
  return () => found + engine.population() + energy.sum() + automaton.tick;
}

function holdPulses(): Kept {
  const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };
  const automaton = new LoraAutomaton(SIZE, { law: PULSE_LAW, channels: CHANNELS, hasher });
  for (let channel = 0; channel < CHANNELS; channel += 1)
    automaton.addDisc(channel, { x: 100 * channel, y: 512, radius: 8, amplitude: 98_304 });
  for (let tick = 0; tick < TICKS; tick += 1) automaton.step();
  return () => automaton.tick;
}
