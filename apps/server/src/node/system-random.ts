import { randomFillSync } from "node:crypto";
import type { Random } from "@swoosh/kernel";

/** The machine's cryptographic random numbers. */
export const systemRandom: Random = { bytes: (count) => randomFillSync(new Uint8Array(count)) };
