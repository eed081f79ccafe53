/**
 * The point and scalar checks on which Ed25519 implementations differ (RFC 8032 §5.1.7 leaves room). An adapter makes
 * them beside its library's own check, so that every adapter accepts the same signatures: A and R canonical and not of
 * small order, S < L. The library must verify without cofactor.
 */

/** p = 2^255 − 19, little-endian. */
const FIELD_PRIME = bytesOfHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
/** L = 2^252 + 27742317777372353535851937790883648493, little-endian. */
const GROUP_ORDER = bytesOfHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

/** y-coordinates of the eight points whose order divides 8. */
const SMALL_ORDER: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map(bytesOfHex);

/** Canonical encoding of a point that is not of small order. `point`: 32 bytes. That it is on the curve is the library's check. */
export function isStrictPoint(point: Uint8Array): boolean {
  if (point.length !== 32) return false;
  const y = point.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, FIELD_PRIME) && !SMALL_ORDER.some((small) => isEqual(small, y));
}

/** `publicKey`: 32 bytes A; `signature`: 64 bytes R ‖ S. */
export function isStrictEd25519(parts: {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}): boolean {
  const { publicKey, signature } = parts;
  if (signature.length !== 64) return false;
  return (
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, 32)) &&
    isBelow(signature.subarray(32), GROUP_ORDER)
  );
}

function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let at = 31; at >= 0; at -= 1) {
    const digit = value[at] ?? 0;
    const limit = bound[at] ?? 0;
    if (digit !== limit) return digit < limit;
  }
  return false;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, at) => byte === right[at]);
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  );
}
