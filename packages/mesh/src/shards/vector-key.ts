import { squareRoot } from "../square-root.ts";
import { MeshError } from "./mesh-error.ts";

/** Numbers of a key. The dimension of nomic-embed-text, and of every key of the mesh. */
export const KEY_DIMENSIONS = 768;
/** The largest code of a component. */
const CODE_MAX = 127;

/**
 * A vector as the mesh keeps it: 768 codes in −127 … 127. Quantised once at the edge, so that what is routed, hashed
 * and replayed is integers. Direction is all that counts; the length of the vector is lost.
 */
export interface VectorKey {
  readonly codes: Int8Array;
  /** Euclidean length of the codes; above 0. */
  readonly norm: number;
}

/** Quantises `vector`, 768 finite numbers, by the largest component. MeshError `bad_vector` says which component is wrong. */
export function quantise(vector: ArrayLike<number>): VectorKey {
  if (vector.length !== KEY_DIMENSIONS) {
    throw new MeshError(
      "bad_vector",
      `the vector has ${vector.length} dimensions; the mesh takes ${KEY_DIMENSIONS}: use an embedder of that size`,
    );
  }
  let largest = 0;
  for (let index = 0; index < KEY_DIMENSIONS; index += 1) {
    const component = vector[index] ?? Number.NaN;
    if (!Number.isFinite(component)) {
      throw new MeshError(
        "bad_vector",
        `component ${index} of the vector is ${component}; only finite numbers`,
      );
    }
    largest = Math.max(largest, Math.abs(component));
  }
  if (largest === 0) {
    throw new MeshError(
      "bad_vector",
      "the vector is all zeros, which points nowhere: there is nothing to embed in the text",
    );
  }
  const codes = new Int8Array(KEY_DIMENSIONS);
  for (let index = 0; index < KEY_DIMENSIONS; index += 1) {
    codes[index] = Math.round(((vector[index] ?? 0) * CODE_MAX) / largest);
  }
  return keyOfCodes(codes);
}

/** A key of codes that are there already (a file, another cell). */
export function keyOfCodes(codes: Int8Array): VectorKey {
  if (codes.length !== KEY_DIMENSIONS)
    throw new MeshError("bad_vector", `${codes.length} codes instead of ${KEY_DIMENSIONS}`);
  const square = dot(codes, codes);
  if (square === 0)
    throw new MeshError("bad_vector", "the codes are all zeros, which points nowhere");
  return { codes, norm: squareRoot(square) };
}

/** Inner product of `left` and `right`, 768 codes each: an exact integer, at most 768 · 127². */
export function dot(left: Int8Array, right: Int8Array): number {
  let even = 0;
  let odd = 0;
  for (let index = 0; index < KEY_DIMENSIONS; index += 2) {
    even += (left[index] ?? 0) * (right[index] ?? 0);
    odd += (left[index + 1] ?? 0) * (right[index + 1] ?? 0);
  }
  return even + odd;
}

/** Cosine of the keys `left` and `right`, −1 … 1. */
export function cosine(left: VectorKey, right: VectorKey): number {
  return dot(left.codes, right.codes) / (left.norm * right.norm);
}

/** Whether `left` and `right` are equal, code by code. */
export function isSameKey(left: VectorKey, right: VectorKey): boolean {
  return left.codes.every((code, index) => code === right.codes[index]);
}
