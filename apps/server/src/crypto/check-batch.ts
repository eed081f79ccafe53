import type { SignatureCheck } from "./signature-holds.ts";

/**
 * What crosses to the worker: the checks of one turn of the loop, as one text, which clones in one copy where an array of
 * objects costs more than a hash each. Four lines a check; canonical JSON has no line end, and what else has one cannot
 * hold. The answer has one byte for each check.
 */
export interface CheckBatch {
  readonly number: number;
  readonly text: string;
}

export interface CheckedBatch {
  readonly number: number;
  readonly holds: Uint8Array;
}

const FIELDS = 4;

export function packChecks(checks: readonly SignatureCheck[]): string {
  const lines: string[] = [];
  for (const { body, key, signature, type } of checks) {
    const fields = [key, type, body, signature];
    if (fields.some((field) => field.includes("\n"))) lines.push("", "", "", "");
    else lines.push(...fields);
  }
  return lines.join("\n");
}

export function unpackChecks(text: string): readonly SignatureCheck[] {
  const lines = text.split("\n");
  const checks: SignatureCheck[] = [];
  for (let at = 0; at < lines.length; at += FIELDS) {
    const [key = "", type = "", body = "", signature = ""] = lines.slice(at, at + FIELDS);
    checks.push({ body, key, signature, type });
  }
  return checks;
}
