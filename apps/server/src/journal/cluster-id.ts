import { createHash } from "node:crypto";

const ORIGIN = /^[^/]+\/([0-9a-f]{32})$/u;

/**
 * The cluster that a journal belongs to, by its record 0: the 16 bytes of the origin's hex digits where that is a genesis
 * record, else the first 16 bytes of its SHA-256. So a journal needs to be told nothing before it begins.
 */
export function clusterIdOf(firstRecord: string): Uint8Array {
  const digits = ORIGIN.exec(originOf(firstRecord))?.[1];
  if (digits !== undefined) return Uint8Array.from(Buffer.from(digits, "hex"));
  return Uint8Array.from(createHash("sha256").update(firstRecord).digest().subarray(0, 16));
}

function originOf(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "";
  }
  const inputs = fieldOf(value, "inputs");
  const origin = fieldOf(inputs, "origin");
  return typeof origin === "string" ? origin : "";
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
