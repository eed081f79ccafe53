import type { LeafHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { hexBytes, isLeafHash } from "./hex-bytes.ts";
import { HASH_BYTES } from "./node-hash.ts";
import { isNoteText, parseNote } from "./note.ts";
import type { Note } from "./note.ts";

/**
 * Head of the log's tree (C2SP tlog-checkpoint). Never made for a size that is not durable: after a loss of power an
 * honest log would look forked (kernel design §4).
 */
export interface Checkpoint {
  /** The journal's origin, also the name of the key that signs. */
  readonly origin: string;
  readonly size: number;
  readonly root: LeafHash;
  /** Opaque lines behind the root; this log writes none. */
  readonly extensions: readonly string[];
}

/** The text of a checkpoint: what `formatNote` takes, and what an Ed25519 key signs as UTF-8. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  assert(Number.isSafeInteger(size) && size >= 0, `a tree's size: ${size}`);
  assert(isLeafHash(root), `a root is 64 hex digits: "${root}"`);
  const lines = [origin, String(size), base64Of(hexBytes(root)), ...extensions];
  for (const line of lines) {
    assert(
      line !== "" && !line.includes("\n") && isNoteText(`${line}\n`),
      `a line of a checkpoint: "${line}"`,
    );
  }
  return `${lines.join("\n")}\n`;
}

export type ParsedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly note: Note }
  | { readonly ok: false; readonly problem: string };

/** Reads a signed checkpoint, strictly; verifies nothing (see `openNote`). Total. */
export function parseCheckpoint(input: string): ParsedCheckpoint {
  const parsed = parseNote(input);
  if (!parsed.ok) return parsed;
  const { note } = parsed;
  const [origin = "", size = "", root64 = "", ...rest] = note.text.split("\n");
  const extensions = rest.slice(0, -1);
  if (rest.length === 0 || origin === "" || extensions.includes("")) {
    return refuse("a checkpoint has at least three lines, none of them empty");
  }
  if (!/^(?:0|[1-9][0-9]*)$/.test(size) || !Number.isSafeInteger(Number(size))) {
    return refuse(`its size "${size}" is no decimal number up to 2^53 - 1`);
  }
  const root = bytesOfBase64(root64);
  if (root === undefined || root.length !== HASH_BYTES) {
    return refuse(`its root "${root64}" is not the base64 of 32 bytes`);
  }
  return {
    ok: true,
    checkpoint: { origin, size: Number(size), root: hex(root), extensions },
    note,
  };
}

function refuse(problem: string): ParsedCheckpoint {
  return { ok: false, problem };
}
