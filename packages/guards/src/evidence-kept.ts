import type { NativeGuard } from "@swoosh/kernel";
import { EVIDENCE_MAX, REASONS_MAX } from "./limits.ts";
import { HASH } from "./words.ts";

/**
 * Every hash names evidence that is stored here, byte for byte (attested: the bytes were there and gave this hash).
 * Arguments: `{hashes: [sha256-…]}`; an empty list holds.
 */
export const evidenceKept: NativeGuard = {
  name: "evidenceKept",
  version: 1,
  arguments: {
    type: "object",
    required: ["hashes"],
    properties: { hashes: { type: "array", items: HASH, maxItems: EVIDENCE_MAX } },
  },
  attest: (args) => hashesOf(args["hashes"]).map((hash) => ({ kind: "evidence", hash })),
  check(args, verdict) {
    const missing = hashesOf(args["hashes"]).filter((_, place) => verdict[place] !== true);
    if (missing.length === 0) return { ok: true, reasons: [] };
    const reasons = missing
      .slice(0, REASONS_MAX)
      .map((hash) => `evidence ${hash} is not stored here; PUT /evidence first`);
    return { ok: false, reasons };
  },
};

function hashesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
