import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseDocument, type Document } from "yaml";
import { WorldError } from "./world-error.ts";

/** Only its owner may read a new one. */
const FILE_MODE = 0o600;
/** Lines are never folded: what was one line stays one. */
const AS_WRITTEN = { lineWidth: 0 } as const;

/** The settings file of the working folder. */
export interface ConfigFile {
  readonly path: string;
  /** It is encrypted as a whole. */
  readonly isWhole: boolean;
  readonly bytes: Uint8Array;
}

/** The settings file, empty where there is none yet. */
export async function readConfigFile(): Promise<ConfigFile> {
  const { SETTINGS_FILE } = await import("@swoosh/server/settings");
  const path = join(process.cwd(), SETTINGS_FILE);
  const whole = `${path}.age`;
  if (existsSync(whole)) return { path: whole, isWhole: true, bytes: readFileSync(whole) };
  const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array();
  return { path, isWhole: false, bytes };
}

/** Replaces the file at once: nobody ever sees half of it. */
export function writeConfigFile({ path }: ConfigFile, bytes: string | Uint8Array): void {
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : FILE_MODE;
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes, { mode });
  renameSync(temporary, path);
}

/** Comments and order are kept. */
export function parseConfig(path: string, text: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new WorldError(`${path}: ${error.message}`);
  return document;
}

export function configText(document: Document): string {
  return document.toString(AS_WRITTEN);
}
