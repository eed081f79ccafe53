import { createDraws } from "../seeded-draws.ts";
import { MeshError } from "./mesh-error.ts";
import type { Shard, Visit } from "./shard.ts";

/** What one cell sends another; every frame takes at least one tick to the next cell, and goes no further. */
export type Frame =
  | { readonly kind: "data"; readonly from: number; readonly to: number; readonly shard: Shard }
  /** The data frame of this shard and hop has come; whether for the first time or again. */
  | {
      readonly kind: "ack";
      readonly from: number;
      readonly to: number;
      readonly id: number;
      readonly hops: number;
    }
  /** The shard has gone on from here safely: the copy behind it may be let go. */
  | { readonly kind: "release"; readonly from: number; readonly to: number; readonly id: number }
  /** Word of a delivery on its way home, cell by cell, along the recorded way. */
  | {
      readonly kind: "receipt";
      readonly from: number;
      readonly to: number;
      readonly id: number;
      readonly at: Visit;
    };

/** What can go wrong between two cells. */
export interface LinkFaults {
  readonly lossPerMillion: number;
  readonly duplicatePerMillion: number;
  /** Frames are late by 0 … this many ticks, and so overtake one another. */
  readonly delayTicksMax: number;
}

/** Every frame arrives, once, at the next tick. */
export const NO_FAULTS: LinkFaults = {
  lossPerMillion: 0,
  duplicatePerMillion: 0,
  delayTicksMax: 0,
};

/** The links between cells. Loses, doubles and delays by seeded draws. */
export interface Wire {
  send(frame: Frame, tick: number): void;
  /** Frames that come in at this tick, in the order of their sending; each once. */
  due(tick: number): readonly Frame[];
  /** Data frames that were handed over so far: what is delivered must have been carried. */
  readonly carried: number;
}

/** A wire that carries nothing yet; faults are drawn by seed. */
export function createWire(faults: LinkFaults, seed: number): Wire {
  for (const [name, rate] of [
    ["lossPerMillion", faults.lossPerMillion],
    ["duplicatePerMillion", faults.duplicatePerMillion],
  ] as const) {
    if (!Number.isSafeInteger(rate) || rate < 0 || rate > 1_000_000)
      throw new MeshError("bad_config", `${name} ${rate}: give 0 … 1000000`);
  }
  const isPerfect = faults.lossPerMillion + faults.duplicatePerMillion + faults.delayTicksMax === 0;
  const draws = createDraws(seed);
  const waiting = new Map<number, Frame[]>();
  let carried = 0;
  const put = (frame: Frame, at: number): void => {
    const frames = waiting.get(at);
    if (frames === undefined) waiting.set(at, [frame]);
    else frames.push(frame);
  };
  return {
    send(frame, tick) {
      if (isPerfect) return put(frame, tick + 1);
      const copies = draws.happens(faults.duplicatePerMillion) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        if (draws.happens(faults.lossPerMillion)) continue;
        put(frame, tick + 1 + draws.below(faults.delayTicksMax + 1));
      }
    },
    due(tick) {
      const frames = waiting.get(tick) ?? [];
      waiting.delete(tick);
      for (const frame of frames) if (frame.kind === "data") carried += 1;
      return frames;
    },
    get carried() {
      return carried;
    },
  };
}
