/** Castagnoli polynomial 0x1EDC6F41, bits reversed (RFC 3720 §12.1, appendix B.4). */
const POLYNOMIAL = 0x82f63b78;

const ENTRY_BYTES = 4;
const ROW_BYTES = 256 * ENTRY_BYTES;
const ROWS = 8;

/**
 * Slicing by eight: entry `byte` of row k is the checksum of that byte with k zero bytes behind it. Tables and data
 * are read through views, whose reads are numbers for the compiler and are checked against the end by the engine.
 */
const TABLE = createTable();

function createTable(): DataView {
  const table = new DataView(new ArrayBuffer(ROWS * ROW_BYTES));
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    table.setInt32(byte * ENTRY_BYTES, rest, true);
  }
  for (let at = ROW_BYTES; at < ROWS * ROW_BYTES; at += ENTRY_BYTES) {
    const shorter = table.getInt32(at - ROW_BYTES, true);
    table.setInt32(at, (shorter >>> 8) ^ entry(table, 0, shorter), true);
  }
  return table;
}

/** Entry of a row for the lowest byte of `word`. */
function entry(table: DataView, row: number, word: number): number {
  return table.getInt32(row * ROW_BYTES + (word & 0xff) * ENTRY_BYTES, true);
}

/**
 * CRC-32C of the bytes `from` … `to - 1` of a view. `before` is the checksum of what stands in front of them, so it can
 * run over pieces: `crc32c(b, 0, n, crc32c(a, 0, m))` is that of a ‖ b.
 */
export function crc32c(bytes: DataView, from: number, to: number, before = 0): number {
  let crc = ~before;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const low = crc ^ bytes.getInt32(at, true);
    const high = bytes.getInt32(at + 4, true);
    crc =
      entry(TABLE, 7, low) ^
      entry(TABLE, 6, low >>> 8) ^
      entry(TABLE, 5, low >>> 16) ^
      entry(TABLE, 4, low >>> 24) ^
      entry(TABLE, 3, high) ^
      entry(TABLE, 2, high >>> 8) ^
      entry(TABLE, 1, high >>> 16) ^
      entry(TABLE, 0, high >>> 24);
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ entry(TABLE, 0, crc ^ bytes.getUint8(at));
  return ~crc >>> 0;
}
