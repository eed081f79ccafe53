import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { isWellFormed } from "../json/text.ts";
import { NOTE_LENGTH_MAX, NOTE_SIGNATURES_MAX } from "../limits.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { hexBytes } from "./hex-bytes.ts";
import { isKeyName } from "./verifier-key.ts";

/** A text with signatures (C2SP signed-note). The text means nothing until a signature of a known key was verified. */
export interface Note {
  /** Ends in a newline, and the signatures cover exactly it. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Eight hex digits. */
  readonly keyId: string;
  /** What stands behind the key id: for Ed25519 the 64 bytes, for a cosignature time and 64 bytes. */
  readonly bytes: Uint8Array;
}

const KEY_ID_BYTES = 4;
/** An ASCII control character other than newline, the one that a note may hold. */
const CONTROL = /[^\P{Cc}\n\u007f-\u009f]/u;
const SIGNATURE_LINE = /^— (\S+) (\S+)$/u;

/** Whether a text can be signed as a note: it ends in a newline and holds no other control character. */
export function isNoteText(text: string): boolean {
  return text.endsWith("\n") && !CONTROL.test(text) && isWellFormed(text);
}

/** The line of one signature, with its newline. */
export function signatureLine(signature: NoteSignature): string {
  assert(isKeyName(signature.name), `a key's name has neither spaces nor "+": "${signature.name}"`);
  assert(
    signature.keyId.length === 2 * KEY_ID_BYTES,
    `a key id has 8 hex digits: "${signature.keyId}"`,
  );
  assert(signature.bytes.length > 0, "a signature has bytes");
  const bytes = new Uint8Array(KEY_ID_BYTES + signature.bytes.length);
  bytes.set(hexBytes(signature.keyId));
  bytes.set(signature.bytes, KEY_ID_BYTES);
  return `— ${signature.name} ${base64Of(bytes)}\n`;
}

export function formatNote(note: Note): string {
  assert(
    isNoteText(note.text),
    "a note's text ends in a newline and has no other control characters",
  );
  assert(note.signatures.length > 0, "a note is signed");
  return `${note.text}\n${note.signatures.map(signatureLine).join("")}`;
}

export type ParsedNote =
  | { readonly ok: true; readonly note: Note }
  | { readonly ok: false; readonly problem: string };

/** Reads a note, strictly: `formatNote` of what it gives is the input again. Verifies nothing. Total. */
export function parseNote(input: string): ParsedNote {
  if (input.length > NOTE_LENGTH_MAX)
    return refuse(`it has ${input.length} characters; at most ${NOTE_LENGTH_MAX}`);
  if (!isNoteText(input))
    return refuse("it must end in a newline and have no other control characters");
  // The last empty line parts text and signatures; the text may have empty lines of its own.
  const blank = input.lastIndexOf("\n\n");
  if (blank < 0) return refuse("no empty line parts the text from signatures");
  const lines = input
    .slice(blank + 2)
    .split("\n")
    .slice(0, -1);
  if (lines.length === 0) return refuse("it has no signature");
  if (lines.length > NOTE_SIGNATURES_MAX) {
    return refuse(`it has ${lines.length} signatures; at most ${NOTE_SIGNATURES_MAX}`);
  }
  const signatures: NoteSignature[] = [];
  for (const [at, line] of lines.entries()) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return refuse(`signature line ${at + 1} is not "— name base64"`);
    signatures.push(signature);
  }
  return { ok: true, note: { text: input.slice(0, blank + 1), signatures } };
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const match = SIGNATURE_LINE.exec(line);
  if (match === null) return undefined;
  const [, name = "", base64 = ""] = match;
  const bytes = bytesOfBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: hex(bytes.subarray(0, KEY_ID_BYTES)), bytes: bytes.slice(KEY_ID_BYTES) };
}

function refuse(problem: string): ParsedNote {
  return { ok: false, problem };
}
