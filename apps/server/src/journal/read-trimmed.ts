import { closeSync, openSync, readSync } from "node:fs";

/** Bytes that are looked at together: what is all zeros in one comparison costs no memory. */
const PIECE_BYTES = 1_048_576;
const ZEROS = new Uint8Array(PIECE_BYTES);

/**
 * Bytes of a file, without pieces of zeros at its end: of a segment that was given all its room in advance mostly that room.
 * Every byte of the file is read; the zeros that are left out are known to be zeros.
 */
export function readTrimmed(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const pieces: Uint8Array[] = [];
    let whole = 0;
    const scratch = Buffer.allocUnsafe(PIECE_BYTES);
    for (let count = fill(file, scratch); count > 0; count = fill(file, scratch)) {
      const piece = scratch.subarray(0, count);
      if (piece.equals(ZEROS.subarray(0, count))) pieces.push(ZEROS.subarray(0, count));
      else {
        pieces.push(new Uint8Array(piece));
        whole = pieces.length;
      }
      if (count < PIECE_BYTES) break;
    }
    return new Uint8Array(Buffer.concat(pieces.slice(0, whole)));
  } finally {
    closeSync(file);
  }
}

/** Bytes read; fewer than there is room for at the end of the file alone. */
function fill(file: number, into: Buffer): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(file, into, done, into.length - done, null);
    if (count === 0) break;
    done += count;
  }
  return done;
}
