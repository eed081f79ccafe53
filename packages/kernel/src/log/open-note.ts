import type { Hasher } from "../hash.ts";
import { unreachable } from "../unreachable.ts";
import { cosignedText, parseCosignature } from "./cosignature.ts";
import type { Note, NoteSignature } from "./note.ts";
import { keyIdOf, NOTE_COSIGNATURE, NOTE_ED25519 } from "./verifier-key.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** Ed25519 over raw bytes, handed in: strict, as for proposals. */
export type VerifyEd25519 = (check: {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}) => boolean;

/** A known key that has signed, and when, for a witness. */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** Seconds since the epoch; null for a log's own signature. */
  readonly timestampS: number | null;
}

export type OpenedNote =
  | { readonly ok: true; readonly signers: readonly NoteSigner[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Which of the known keys have signed the note. Signatures of unknown keys are ignored, also where they share a name or
 * an id with a known one; a bad signature of a known key, or none of any, refuses the note (C2SP signed-note).
 */
export function openNote(
  hasher: Hasher,
  note: Note,
  about: { readonly keys: readonly VerifierKey[]; readonly verify: VerifyEd25519 },
): OpenedNote {
  const signers: NoteSigner[] = [];
  for (const key of about.keys) {
    const id = keyIdOf(hasher, key);
    const lines = note.signatures.filter((line) => line.name === key.name && line.keyId === id);
    for (const [at, line] of lines.entries()) {
      const claim = claimOf(note, key, line);
      const isGood =
        claim !== undefined &&
        about.verify({
          key: key.key,
          message: hasher.utf8(claim.message),
          signature: claim.signature,
        });
      if (!isGood) return { ok: false, problem: `the signature of ${key.name} (${id}) is bad` };
      if (at === 0) signers.push({ key, timestampS: claim.timestampS });
    }
  }
  return signers.length > 0
    ? { ok: true, signers }
    : { ok: false, problem: "no known key has signed it" };
}

function claimOf(
  note: Note,
  key: VerifierKey,
  line: NoteSignature,
):
  | { readonly message: string; readonly signature: Uint8Array; readonly timestampS: number | null }
  | undefined {
  switch (key.type) {
    case NOTE_ED25519:
      return { message: note.text, signature: line.bytes, timestampS: null };
    case NOTE_COSIGNATURE: {
      const cosignature = parseCosignature(line.bytes);
      if (cosignature === undefined) return undefined;
      const { timestampS, signature } = cosignature;
      return { message: cosignedText(note.text, timestampS), signature, timestampS };
    }
    default:
      return unreachable(key.type);
  }
}
