import { assert } from "../invariant.ts";

/** What a witness makes of a checkpoint: time in seconds since the epoch, and an Ed25519 signature (C2SP tlog-cosignature). */
export interface Cosignature {
  readonly timestampS: number;
  readonly signature: Uint8Array;
}

const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;
const TWO_32 = 4_294_967_296;

/** The text that a witness signs as UTF-8: a statement that at this time the checkpoint was the largest one consistent. */
export function cosignedText(checkpointText: string, timestampS: number): string {
  assert(
    Number.isSafeInteger(timestampS) && timestampS >= 0,
    `a time in whole seconds: ${timestampS}`,
  );
  return `cosignature/v1\ntime ${timestampS}\n${checkpointText}`;
}

/** The bytes of a note's signature of that type: big-endian u64 time ‖ 64 bytes. */
export function encodeCosignature(cosignature: Cosignature): Uint8Array {
  const { timestampS, signature } = cosignature;
  assert(
    Number.isSafeInteger(timestampS) && timestampS >= 0,
    `a time in whole seconds: ${timestampS}`,
  );
  assert(signature.length === SIGNATURE_BYTES, "an Ed25519 signature has 64 bytes");
  const bytes = new Uint8Array(TIMESTAMP_BYTES + SIGNATURE_BYTES);
  const view = new DataView(bytes.buffer);
  const low = timestampS % TWO_32;
  view.setUint32(0, (timestampS - low) / TWO_32);
  view.setUint32(4, low);
  bytes.set(signature, TIMESTAMP_BYTES);
  return bytes;
}

/** Undefined where the bytes are no cosignature, or its time is beyond 2^53 - 1. */
export function parseCosignature(bytes: Uint8Array): Cosignature | undefined {
  if (bytes.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const timestampS = view.getUint32(0) * TWO_32 + view.getUint32(4);
  if (!Number.isSafeInteger(timestampS)) return undefined;
  return { timestampS, signature: bytes.slice(TIMESTAMP_BYTES) };
}
