import { hex, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import type { Grid } from "./grid.ts";

/** First bytes of what is hashed: another layout would take another number. */
const LAYOUT = "swoosh-grid/1\n";

/**
 * The canonical hash of a state: SHA-256 over `swoosh-grid/1\n`, width and height as 32-bit little-endian integers, then
 * the words of `Grid`, each little-endian. Rule and tick are not in it: equal cells have equal hashes. `hasher` gives the
 * SHA-256.
 */
export function stateHash(grid: Grid, hasher: Pick<Hasher, "sha256">): ValueHash {
  const bytes = new Uint8Array(LAYOUT.length + 8 + grid.words.length * 4);
  for (let at = 0; at < LAYOUT.length; at += 1) bytes[at] = LAYOUT.charCodeAt(at);
  const view = new DataView(bytes.buffer);
  view.setUint32(LAYOUT.length, grid.width, true);
  view.setUint32(LAYOUT.length + 4, grid.height, true);
  let at = LAYOUT.length + 8;
  for (const word of grid.words) {
    view.setUint32(at, word, true);
    at += 4;
  }
  return `sha256-${hex(hasher.sha256(bytes))}`;
}
