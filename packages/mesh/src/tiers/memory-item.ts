import {
  base64urlOf,
  bytesOfBase64url,
  canonicalize,
  hashOfCanonical,
  type Hasher,
  type ValueHash,
} from "@swoosh/kernel/values";
import { MeshError } from "../shards/mesh-error.ts";
import { KEY_DIMENSIONS, keyOfCodes, type VectorKey } from "../shards/vector-key.ts";

/** A memory as tier 3 keeps it: the payload and where it lies among all others. */
export interface MemoryItem {
  /** `text`: what was remembered. `adapter`: the text is an adapter's canonical JSON, pulsed where it is delivered. */
  readonly kind: "text" | "adapter";
  /** Hash of the model that gave the key; keys of different models are not compared. */
  readonly model: string;
  readonly key: VectorKey;
  readonly text: string;
  /** Where it came from, for people; may be empty. */
  readonly source: string;
}

/** Half a byte a component: what consolidation costs and saves is measured by the experiment `tiers.recall`. */
const NIBBLE_MAX = 7;
const KEY_BYTES = KEY_DIMENSIONS / 2;
const CODES_PER_NIBBLE = 127 / NIBBLE_MAX;

/**
 * Canonical JSON of `item`; its hash, by `hasher`, is the item's name, so equal memories are one. The key is coarsened to 4
 * bits a component.
 */
export function encodeItem(
  hasher: Hasher,
  item: MemoryItem,
): { readonly hash: ValueHash; readonly text: string } {
  const text = canonicalize({
    codes: base64urlOf(packed(item.key.codes)),
    kind: item.kind,
    model: item.model,
    source: item.source,
    text: item.text,
    version: 1,
  });
  return { hash: hashOfCanonical(hasher, text), text };
}

/**
 * The item of `text`, whose name is `hash` by `hasher`; MeshError `memory_corrupt` where the bytes are not what the name
 * says, or not an item.
 */
export function decodeItem(hasher: Hasher, hash: string, text: string): MemoryItem {
  if (hashOfCanonical(hasher, text) !== hash)
    throw corrupt(hash, "the bytes do not have the hash that names them");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(hash, "it is not JSON", cause);
  }
  if (typeof value !== "object" || value === null) throw corrupt(hash, "it is no object");
  const fields = new Map(Object.entries(value));
  const [kind, model, source, body, codes] = ["kind", "model", "source", "text", "codes"].map(
    (name) => fields.get(name),
  );
  if (fields.get("version") !== 1) throw corrupt(hash, "it has another version than 1");
  if (
    (kind !== "text" && kind !== "adapter") ||
    typeof model !== "string" ||
    typeof source !== "string" ||
    typeof body !== "string" ||
    typeof codes !== "string"
  )
    throw corrupt(hash, "a field is missing or of another type");
  const bytes = bytesOfBase64url(codes, KEY_BYTES);
  if (bytes?.length !== KEY_BYTES) throw corrupt(hash, "its key has another length");
  return { kind, model, source, text: body, key: keyOfCodes(unpacked(bytes)) };
}

function packed(codes: Int8Array): Uint8Array {
  return Uint8Array.from({ length: KEY_DIMENSIONS / 2 }, (_, at) => {
    return (nibbleOf(codes[2 * at] ?? 0) << 4) | nibbleOf(codes[2 * at + 1] ?? 0);
  });
}

/** 1 … 15 for −7 … 7. */
function nibbleOf(code: number): number {
  return Math.round(code / CODES_PER_NIBBLE) + NIBBLE_MAX + 1;
}

function unpacked(bytes: Uint8Array): Int8Array {
  return Int8Array.from({ length: KEY_DIMENSIONS }, (_, at) => {
    const byte = bytes[at >> 1] ?? 0;
    const nibble = (at & 1) === 0 ? byte >> 4 : byte & 15;
    return Math.round((nibble - NIBBLE_MAX - 1) * CODES_PER_NIBBLE);
  });
}

function corrupt(hash: string, what: string, cause?: unknown): MeshError {
  return new MeshError(
    "memory_corrupt",
    `memory ${hash}: ${what}; remember it again, or take the file away`,
    cause,
  );
}
