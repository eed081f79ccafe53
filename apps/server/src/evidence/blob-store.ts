import { hash as digestOf } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert } from "@swoosh/kernel";
import { BlobUpload } from "./blob-upload.ts";

const UPLOAD_PREFIX = "upload.";
/** Files that are written side by side: as many as a disk syncs at once. */
const WRITERS = 16;
const HASH = /^sha256-[0-9a-f]{64}$/;

/** Bytes that were redacted are not taken again. */
export class EvidenceRedacted extends Error {
  override readonly name = "EvidenceRedacted";
  readonly code = "evidence_redacted";

  constructor(hash: string) {
    super(
      `${hash} was redacted: its bytes are not taken again; redaction/${hash.slice("sha256-".length)} says who ordered it and why`,
    );
  }
}

/** Evidence as raw bytes, by `sha256-` and the hash of exactly those bytes. What is there never changes. */
export class BlobStore {
  readonly #folder: string;
  readonly #redacted = new Set<string>();
  #temporary = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    // Uploads that a crash cut off: nobody was told of them.
    for (const name of readdirSync(folder))
      if (name.startsWith(UPLOAD_PREFIX)) rmSync(join(folder, name), { force: true });
  }

  has(hash: string): boolean {
    return HASH.test(hash) && existsSync(this.#path(hash));
  }

  /**
   * These bytes are not here from now on, and are not taken again: for good. Returns when none of them is under its name any more,
   * nor under that of a write that a crash cut off.
   */
  redact(hash: string): void {
    assert(HASH.test(hash), `evidence is named by sha256- and 64 hex: ${hash}`);
    this.#redacted.add(hash);
    const folder = dirname(this.#path(hash));
    if (!existsSync(folder)) return;
    const names = readdirSync(folder).filter((name) => name.startsWith(hash));
    for (const name of names) rmSync(join(folder, name), { force: true });
    if (names.length > 0) syncFolder(folder);
  }

  isRedacted(hash: string): boolean {
    return this.#redacted.has(hash);
  }

  /** The bytes, or undefined where they are missing or lost. */
  read(hash: string): Uint8Array | undefined {
    return readBlob(this.#folder, hash);
  }

  /** Gives the hash when the bytes are durable under it: temporary file, sync, rename, sync of the folder. */
  save(bytes: Uint8Array): string {
    const hash = blobHash(bytes);
    this.#mustBeTaken(hash);
    const path = this.#path(hash);
    if (this.read(hash) !== undefined) {
      this.#syncFolders(path);
      return hash;
    }
    mkdirSync(dirname(path), { recursive: true });
    this.#temporary += 1;
    const temporary = `${path}.${process.pid}.${this.#temporary}.tmp`;
    const file = openSync(temporary, "wx");
    try {
      // As many calls as it takes: a disk that fills takes a part first, and says so only to the next one.
      writeFileSync(file, bytes);
      fsyncSync(file);
    } catch (error) {
      closeSync(file);
      rmSync(temporary, { force: true });
      throw error;
    }
    closeSync(file);
    renameSync(temporary, path);
    this.#syncFolders(path);
    return hash;
  }

  /** As `save`, for many: they are synced side by side, each folder once. Gives the hashes in the same order. */
  async saveAll(many: readonly Uint8Array[]): Promise<readonly string[]> {
    const fresh = new Map<string, Uint8Array>();
    const folders = new Set<string>();
    const hashes = many.map((bytes) => {
      const hash = blobHash(bytes);
      this.#mustBeTaken(hash);
      folders.add(dirname(this.#path(hash)));
      if (!fresh.has(hash) && this.read(hash) === undefined) fresh.set(hash, bytes);
      return hash;
    });
    await sideBySide([...fresh], async ([hash, bytes]) => {
      const path = this.#path(hash);
      mkdirSync(dirname(path), { recursive: true });
      this.#temporary += 1;
      await writeWhole(path, `${path}.${process.pid}.${this.#temporary}.tmp`, bytes);
    });
    await sideBySide([...folders, ...(folders.size > 0 ? [this.#folder] : [])], syncFolderLater);
    return hashes;
  }

  /** For bytes that come piece by piece. */
  async upload(): Promise<BlobUpload> {
    this.#temporary += 1;
    return BlobUpload.begin(
      join(this.#folder, `${UPLOAD_PREFIX}${process.pid}.${this.#temporary}`),
    );
  }

  /** Gives the hash when the uploaded bytes are durable under it. */
  async keep(upload: BlobUpload): Promise<string> {
    this.#mustBeTaken(`sha256-${upload.sha256()}`);
    return upload.keep((hash) => {
      const path = this.#path(hash);
      mkdirSync(dirname(path), { recursive: true });
      return { path, folders: [dirname(path), this.#folder] };
    });
  }

  /** Also of what was there already: whoever wrote it may have failed, or been killed, before its name was durable. */
  #syncFolders(path: string): void {
    syncFolder(dirname(path));
    syncFolder(this.#folder);
  }

  #mustBeTaken(hash: string): void {
    if (this.#redacted.has(hash)) throw new EvidenceRedacted(hash);
  }

  #path(hash: string): string {
    return pathIn(this.#folder, hash);
  }
}

/** The bytes kept in a store's folder, or undefined; nothing in it is changed. Bytes that lost their hash count as lost. */
export function readBlob(folder: string, hash: string): Uint8Array | undefined {
  if (!HASH.test(hash)) return undefined;
  const path = pathIn(folder, hash);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return blobHash(bytes) === hash ? bytes : undefined;
}

function pathIn(folder: string, hash: string): string {
  const hex = hash.slice("sha256-".length);
  return join(folder, hex.slice(0, 2), hash);
}

/** Evidence hash (kernel design §2): of raw bytes. */
export function blobHash(bytes: Uint8Array): string {
  return `sha256-${digestOf("sha256", bytes, "hex")}`;
}

async function sideBySide<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await act(next);
  };
  await Promise.all(Array.from({ length: WRITERS }, work));
}

async function syncFolderLater(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeWhole(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  const file = await open(temporary, "wx");
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await file.close();
  await rename(temporary, path);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
