import type { Hasher } from "./hash.ts";

/**
 * `Hasher` in plain ECMAScript, for browsers and for the contract test that holds every implementation to the same
 * bytes: SHA-256 as FIPS 180-4 §6.2 writes it, UTF-8 as Unicode 16 §3.9 does (a lone surrogate becomes U+FFFD).
 */
export const pureHasher: Hasher = {
  sha256: (data) => sha256(typeof data === "string" ? utf8(data) : data),
  utf8,
};

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;
/** Fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2), 8 hex digits each. */
const ROUND_WORDS = wordsOf(
  "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5" +
    "d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174" +
    "e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da" +
    "983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967" +
    "27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85" +
    "a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070" +
    "19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3" +
    "748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2",
);
/** Fractional parts of the square roots of the first 8 primes (FIPS 180-4 §5.3.3). */
const FIRST_STATE = wordsOf("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19");

function wordsOf(digits: string): Uint32Array {
  return Uint32Array.from({ length: digits.length / 8 }, (_, index) =>
    Number.parseInt(digits.slice(8 * index, 8 * index + 8), 16),
  );
}

function sha256(data: Uint8Array): Uint8Array {
  const padded = pad(data);
  const view = new DataView(padded.buffer);
  const state = Uint32Array.from(FIRST_STATE);
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) compress(state, view, offset);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word);
  return new Uint8Array(digest.buffer);
}

/** FIPS 180-4 §5.1.1: the bit 1, zeros, and the length in bits, up to whole blocks. */
function pad(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.floor((data.length + LENGTH_BYTES) / BLOCK_BYTES) + 1;
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(data.length / 0x2000_0000));
  view.setUint32(padded.length - 4, (data.length << 3) >>> 0);
  return padded;
}

/** Words of one block's schedule: written whole for each block, and read nowhere else. */
const SCHEDULE = new Int32Array(64);

function compress(state: Uint32Array, view: DataView, offset: number): void {
  fillSchedule(view, offset);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  // One step after the other in plain variables: moving all eight through an array made it two to four times slower.
  for (let at = 0; at < 64; at += 1) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + (ROUND_WORDS[at] ?? 0) + (SCHEDULE[at] ?? 0)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + big0 + majority) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

function fillSchedule(view: DataView, offset: number): void {
  for (let at = 0; at < 16; at += 1) SCHEDULE[at] = view.getInt32(offset + 4 * at);
  for (let at = 16; at < 64; at += 1) {
    const early = SCHEDULE[at - 15] ?? 0;
    const late = SCHEDULE[at - 2] ?? 0;
    const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    SCHEDULE[at] = (SCHEDULE[at - 16] ?? 0) + small0 + (SCHEDULE[at - 7] ?? 0) + small1;
  }
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function utf8(text: string): Uint8Array {
  // Three bytes for each unit are always enough: a pair of surrogates is two units and four bytes.
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[length] = unit;
      length += 1;
      continue;
    }
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at += 1;
    length = writePoint(bytes, length, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return bytes.slice(0, length);
}

/** Writes a scalar value beyond ASCII; gives where the next one goes. */
function writePoint(bytes: Uint8Array, from: number, scalar: number): number {
  let at = from;
  if (scalar < 0x800) {
    bytes[at] = 0xc0 | (scalar >> 6);
  } else if (scalar < 0x1_0000) {
    bytes[at] = 0xe0 | (scalar >> 12);
    bytes[(at += 1)] = continuation(scalar >> 6);
  } else {
    bytes[at] = 0xf0 | (scalar >> 18);
    bytes[(at += 1)] = continuation(scalar >> 12);
    bytes[(at += 1)] = continuation(scalar >> 6);
  }
  bytes[(at += 1)] = continuation(scalar);
  return at + 1;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
