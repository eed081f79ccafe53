import { dirname } from "node:path";
import {
  cosignedText,
  encodeCosignature,
  encodeVerifierKey,
  formatNote,
  keyIdOf,
  NOTE_COSIGNATURE,
  parseCheckpoint,
  type Note,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { Disk } from "../journal/disk.ts";
import { readWhole, storeFile } from "../journal/whole-file.ts";
import type { PrivateKey } from "../keys/private-key.ts";

/**
 * Cosigns heads of a log (C2SP tlog-cosignature): a statement that at this time the head was the largest one that goes on
 * from all before. W1 a cosigned head is durable here before anybody is shown it. W2 sizes never go down.
 */
export class Witness {
  /** C2SP verifier key: whoever trusts this witness pins it. */
  readonly verifierKey: string;
  readonly #key: PrivateKey;
  readonly #name: string;
  readonly #path: string;
  readonly #disk: Disk;
  #latest: { readonly size: number; readonly text: string } | null = null;

  constructor(
    key: PrivateKey,
    about: { readonly origin: string; readonly path: string; readonly disk: Disk },
  ) {
    this.#key = key;
    this.#path = about.path;
    this.#disk = about.disk;
    const bare = { key: key.publicKey, name: about.origin, type: NOTE_COSIGNATURE } as const;
    // One origin may have several witnesses: the key's own id tells them apart for people too.
    this.#name = `${about.origin}/witness/${keyIdOf(hasher, bare)}`;
    this.verifierKey = encodeVerifierKey(hasher, { ...bare, name: this.#name });
    const bytes = readWhole(about.disk, about.path);
    if (bytes === undefined) return;
    const text = Buffer.from(bytes).toString("utf8");
    const kept = parseCheckpoint(text);
    if (kept.ok) this.#latest = { size: kept.checkpoint.size, text };
  }

  /** The note that was cosigned last. */
  get latest(): { readonly size: number; readonly text: string } | null {
    return this.#latest;
  }

  /** Adds this witness to a checkpoint that its log has signed; the caller has every record of it, durably. */
  cosign(note: Note, about: { readonly size: number; readonly timestampS: number }): void {
    const { size, timestampS } = about;
    if (this.#latest !== null && this.#latest.size >= size) return;
    const message = hasher.utf8(cosignedText(note.text, timestampS));
    const key = { key: this.#key.publicKey, name: this.#name, type: NOTE_COSIGNATURE } as const;
    const bytes = encodeCosignature({ timestampS, signature: this.#key.signBytes(message) });
    const own = { name: this.#name, keyId: keyIdOf(hasher, key), bytes };
    const text = formatNote({ text: note.text, signatures: [...note.signatures, own] });
    storeFile(this.#disk, this.#path, Buffer.from(text));
    this.#disk.syncFolder(dirname(this.#path));
    this.#latest = { size, text };
  }
}
