import type { Registry } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { evidenceKept } from "./evidence-kept.ts";

const registry: Registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };
const A = `sha256-${"a".repeat(64)}`;
const B = `sha256-${"b".repeat(64)}`;

describe("evidenceKept", () => {
  it("asks for each hash, and holds where all are there", () => {
    const args = { hashes: [A, B] };
    expect(evidenceKept.attest?.(args)).toEqual([
      { kind: "evidence", hash: A },
      { kind: "evidence", hash: B },
    ]);
    expect(evidenceKept.check(args, [true, true], registry)).toEqual({ ok: true, reasons: [] });
    expect(evidenceKept.check({ hashes: [] }, [], registry).ok).toBe(true);
  });

  it.each([[[true, false]], [[true]]])("names what is missing: %j", (verdict) => {
    expect(evidenceKept.check({ hashes: [A, B] }, verdict, registry)).toEqual({
      ok: false,
      reasons: [`evidence ${B} is not stored here; PUT /evidence first`],
    });
  });
});
