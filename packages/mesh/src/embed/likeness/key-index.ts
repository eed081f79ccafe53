import { assert, bytesOfBase64url } from "@swoosh/kernel/values";
import { MeshError } from "../../shards/mesh-error.ts";
import { dot, KEY_DIMENSIONS, type VectorKey } from "../../shards/vector-key.ts";
import { LIKENESS_BYTES, LIKENESS_KERNEL } from "./likeness-bytes.ts";

/** The port to WebAssembly: instantiates a module that imports `host.memory`, on a memory of so many 64 KiB pages. */
export interface LikenessHost {
  instantiate(
    module: Uint8Array,
    pages: number,
  ): {
    readonly buffer: ArrayBufferLike;
    readonly dots: (query: number, keys: number, count: number, out: number) => void;
  };
}

/** The key that is most like another, and how like it is, −1 … 1. */
export interface NearestKey {
  readonly index: number;
  readonly cosine: number;
}

/** Many keys, and which of them is most like one. Both kinds give the same index and the same cosine, bit for bit. */
export interface KeyIndex {
  readonly size: number;
  set(index: number, key: VectorKey): void;
  /** Of all keys, or of those named; ties go to the lower index. Undefined of none. */
  nearest(key: VectorKey): NearestKey | undefined;
}

const PAGE_BYTES = 65_536;
const QUERY_BYTES = KEY_DIMENSIONS * 2;
/** 10⁶ keys are 772 MB. */
const KEYS_MAX = 1_000_000;

/** An index of `size` keys, all to be set before it is asked. Without a host it is computed in plain ECMAScript. */
export function createKeyIndex(size: number, host?: LikenessHost): KeyIndex {
  if (!Number.isSafeInteger(size) || size < 1 || size > KEYS_MAX)
    throw new MeshError("bad_config", `an index of ${size} keys; give 1 … ${KEYS_MAX}`);
  const norms = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  return host === undefined ? plainIndex(size, norms) : kernelIndex(size, norms, host);
}

function plainIndex(size: number, norms: Float64Array): KeyIndex {
  const keys = new Int8Array(size * KEY_DIMENSIONS);
  const dots = new Int32Array(size);
  return {
    size,
    set: (index, key) => setKey(keys, norms, index, key),
    nearest(key) {
      for (let index = 0; index < size; index += 1)
        dots[index] = dot(
          key.codes,
          keys.subarray(index * KEY_DIMENSIONS, (index + 1) * KEY_DIMENSIONS),
        );
      return best(dots, norms, key.norm);
    },
  };
}

function kernelIndex(size: number, norms: Float64Array, host: LikenessHost): KeyIndex {
  const module = bytesOfBase64url(LIKENESS_KERNEL, LIKENESS_BYTES);
  assert(module !== undefined, "the kernel's bytes are those that were built");
  const dotsAt = QUERY_BYTES + size * KEY_DIMENSIONS;
  const pages = Math.ceil((dotsAt + size * 4) / PAGE_BYTES);
  const instance = host.instantiate(module, pages);
  const query = new Int16Array(instance.buffer, 0, KEY_DIMENSIONS);
  const keys = new Int8Array(instance.buffer, QUERY_BYTES, size * KEY_DIMENSIONS);
  const dots = new Int32Array(instance.buffer, dotsAt, size);
  return {
    size,
    set: (index, key) => setKey(keys, norms, index, key),
    nearest(key) {
      query.set(key.codes);
      instance.dots(0, QUERY_BYTES, size, dotsAt);
      return best(dots, norms, key.norm);
    },
  };
}

function setKey(keys: Int8Array, norms: Float64Array, index: number, key: VectorKey): void {
  if (!(index >= 0 && index < norms.length))
    throw new MeshError(
      "bad_config",
      `there is no place ${index} in an index of ${norms.length} keys`,
    );
  keys.set(key.codes, index * KEY_DIMENSIONS);
  norms[index] = key.norm;
}

function best(dots: Int32Array, norms: Float64Array, norm: number): NearestKey | undefined {
  let [index, score] = [-1, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < dots.length; at += 1) {
    const next = (dots[at] ?? 0) / (norms[at] ?? 1);
    // A place that was never set has an infinite norm, and a score of 0 that is nobody's.
    if (next > score && norms[at] !== Number.POSITIVE_INFINITY) [index, score] = [at, next];
  }
  return index < 0 ? undefined : { index, cosine: score / norm };
}
