import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeWhole } from "./write-whole.ts";

/** Bytes by the hash of their content, each in a file of its own. */
export class EvidenceFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Durable before it returns; gives `sha256-…`. The same bytes again are written once. */
  put(bytes: Uint8Array | string): string {
    const name = evidenceHash(bytes);
    const path = this.pathOf(name);
    if (this.isSound(name)) return name;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeWhole(path, bytes);
    return name;
  }

  read(name: string): Buffer | undefined {
    try {
      return readFileSync(this.pathOf(name));
    } catch {
      return undefined;
    }
  }

  has(name: string): boolean {
    return existsSync(this.pathOf(name));
  }

  /** There, and still the bytes that its name says. */
  isSound(name: string): boolean {
    return this.readSound(name) !== undefined;
  }

  /** undefined: edited, or gone. */
  readSound(name: string): Buffer | undefined {
    const bytes = this.read(name);
    return bytes !== undefined && evidenceHash(bytes) === name ? bytes : undefined;
  }

  pathOf(name: string): string {
    const digits = /^sha256-([0-9a-f]{64})$/.exec(name)?.[1] ?? "unnamed";
    return join(this.#folder, digits.slice(0, 2), digits);
  }
}

export function evidenceHash(bytes: Uint8Array | string): string {
  return `sha256-${hash("sha256", bytes, "hex")}`;
}
