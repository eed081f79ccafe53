import {
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  decodeBatchHeader,
  FRAME_HEADER_BYTES,
  frameChecksum,
} from "@swoosh/kernel";

export type FramesRead =
  | { readonly ok: true; readonly texts: readonly string[] }
  /** `offset` counts from the beginning of the bytes. */
  | {
      readonly ok: false;
      readonly offset: number;
      readonly index: number;
      readonly problem: string;
    };

/**
 * Texts of records `from` … `to` − 1 out of bytes that begin with the frame of record `index`. Headers of batches
 * between frames are told by their first four bytes, which no length has. Everything that is passed is checked again:
 * bytes may have rotted since they were scanned.
 */
export function readFrames(
  bytes: Buffer,
  want: { readonly index: number; readonly from: number; readonly to: number },
): FramesRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let { index } = want;
  let at = 0;
  while (index < want.to) {
    if (at + 4 <= bytes.length && view.getUint32(at, true) === BATCH_MAGIC) {
      if (decodeBatchHeader(view, at)?.firstIndex !== index)
        return { ok: false, offset: at, index, problem: "the batch's header is not what it was" };
      at += BATCH_HEADER_BYTES;
      continue;
    }
    const body = at + FRAME_HEADER_BYTES;
    const length = body <= bytes.length ? view.getUint32(at, true) : 0;
    if (length === 0 || body + length > bytes.length)
      return { ok: false, offset: at, index, problem: "the record's length is not what it was" };
    if (view.getUint32(at + 4, true) !== frameChecksum(view, at, length))
      return { ok: false, offset: at, index, problem: "the record's checksum is wrong" };
    if (index >= want.from) texts.push(bytes.toString("utf8", body, body + length));
    at = body + length + 1;
    index += 1;
  }
  return { ok: true, texts };
}
