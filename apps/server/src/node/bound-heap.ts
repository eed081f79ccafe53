import { boundOldGeneration } from "./bound-old-generation.ts";
import { boundYoungGeneration } from "./bound-young-generation.ts";

/** Keeps what V8 reserves near what a server has in use: left alone, it takes what the machine has. For whole processes, to their end. */
export function boundHeap(): void {
  boundYoungGeneration();
  boundOldGeneration();
}
