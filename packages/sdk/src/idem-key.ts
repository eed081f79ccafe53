import { hex, idOf } from "@swoosh/kernel/values";

/** Parts of an idempotency key; each is free text without colons, at most 64 characters (beatIndex: an integer). */
export interface IdemParts {
  /** What the proposal is for; the instance's id unless given. */
  readonly goal?: string;
  /** The beat that the proposer saw; 0 unless given. */
  readonly beat?: number;
  /** The kind of operation; the transition's name unless given. */
  readonly opClass?: string;
}

const PART_LENGTH_MAX = 64;

/** `goalId:beatIndex:opClass:uuid`: at most 200 bytes whatever the names. `bytes`: 16 random ones. */
export function idemKeyOf(
  operation: { readonly instance: string; readonly transition: string },
  parts: IdemParts,
  bytes: Uint8Array,
): string {
  const goal = part(parts.goal ?? idOf(operation.instance));
  const opClass = part(parts.opClass ?? operation.transition);
  return `${goal}:${parts.beat ?? 0}:${opClass}:${uuidOf(bytes)}`;
}

/** Letters, digits and a few signs are left, so that a part is neither empty, nor the engine's (@), nor long. */
function part(text: string): string {
  const kept = text.replaceAll(/[^A-Za-z0-9_.-]/g, "_").slice(0, PART_LENGTH_MAX);
  return kept === "" ? "_" : kept;
}

/** Version 4 (RFC 9562 §5.4). */
function uuidOf(bytes: Uint8Array): string {
  const marked = bytes.slice(0, 16);
  marked[6] = ((marked[6] ?? 0) & 0x0f) | 0x40;
  marked[8] = ((marked[8] ?? 0) & 0x3f) | 0x80;
  const digits = hex(marked);
  return [0, 8, 12, 16, 20].map((from, at, all) => digits.slice(from, all[at + 1])).join("-");
}
