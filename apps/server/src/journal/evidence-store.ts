import { join } from "node:path";
import { assert, isValueHash, type ValueHash } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { readWhole, storeFile } from "./whole-file.ts";

/** Texts by their value hash, one file each. Readers check the hash: nothing is believed for its name. */
export class EvidenceStore {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  read(hash: ValueHash): string | undefined {
    const bytes = readWhole(this.#disk, this.#path(hash));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  /** Returns when it is durable. One that is there is written again only if it rotted. */
  save(hash: ValueHash, text: string): void {
    if (this.read(hash) === text) return;
    storeFile(this.#disk, this.#path(hash), Buffer.from(text));
    this.#disk.syncFolder(this.#folder);
  }

  #path(hash: ValueHash): string {
    assert(isValueHash(hash), `evidence is named by a value hash: ${hash}`);
    return join(this.#folder, `${hash}.json`);
  }
}
