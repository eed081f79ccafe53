import { canonicalize, type Json } from "@swoosh/kernel";

/** Canonical JSON of a value of plain data; members that are undefined are left out. */
export function canonicalText(value: object): string {
  const json: Json = JSON.parse(JSON.stringify(value));
  return canonicalize(json);
}
