import { createHash } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";

/**
 * Bytes on their way into the store: written to a temporary file as they come, hashed on the way. Nothing is seen of them
 * before `keep` resolves; after `drop`, or a crash, nothing is left but a file that the store's opening removes.
 */
export class BlobUpload {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #digest = createHash("sha256");

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async begin(path: string): Promise<BlobUpload> {
    return new BlobUpload(await open(path, "wx"), path);
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#digest.update(chunk);
    this.bytes += chunk.length;
    for (let from = 0; from < chunk.length;) {
      const { bytesWritten } = await this.#file.write(chunk, from);
      from += bytesWritten;
    }
  }

  /** Of what was written so far, 64 hex. */
  sha256(): string {
    return this.#digest.copy().digest("hex");
  }

  /** Syncs the bytes, and moves them to where `place` says for their hash; syncs the folders. Gives the hash. */
  async keep(
    place: (hash: string) => { readonly path: string; readonly folders: readonly string[] },
  ): Promise<string> {
    await this.#file.sync();
    await this.#file.close();
    const hash = `sha256-${this.#digest.digest("hex")}`;
    const { folders, path } = place(hash);
    await rename(this.#path, path);
    for (const folder of folders) await syncFolder(folder);
    return hash;
  }

  async drop(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
