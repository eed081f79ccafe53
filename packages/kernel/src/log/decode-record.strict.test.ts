import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { RECORD_BYTES_MAX } from "../limits.ts";
import { decodeRecord } from "./decode-record.ts";
import { encodeRecord } from "./encode-record.ts";
import { sampleRecord } from "./test/sample-record.ts";

describe("decodeRecord", () => {
  it("gives back what was encoded, which is canonical JSON", () => {
    const { now: _now, ...plain } = sampleRecord();
    const { inputs: _inputs, ...bare } = plain;
    const redacted = { ...bare, inputs_ref: sampleRecord().post };
    for (const record of [sampleRecord(), plain]) {
      const text = encodeRecord(record);
      expect(text).toBe(canonicalize(JSON.parse(text) as Json));
      expect(decodeRecord(text)).toEqual({ ok: true, record });
    }
    const text = canonicalize(redacted as unknown as Json);
    expect(decodeRecord(text)).toEqual({ ok: true, record: redacted });
  });
});
