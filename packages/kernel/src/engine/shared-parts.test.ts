import { describe, expect, it } from "vitest";
import { sampleHead } from "../log/test/sample-document.ts";
import type { Document } from "../reduce/document.ts";
import { SharedParts } from "./shared-parts.ts";

/** As a snapshot's reader parses it: nothing in it is anybody else's. */
function parsed(id: number): Document {
  return JSON.parse(JSON.stringify(sampleHead(id).document)) as Document;
}

describe("SharedParts", () => {
  it("keeps the canonical text of every document", () => {
    const parts = new SharedParts();
    for (let id = 0; id < 200; id += 1)
      expect(JSON.stringify(parts.share(parsed(id)))).toBe(JSON.stringify(sampleHead(id).document));
  });

  it("keeps it beyond the parts that it remembers", () => {
    const parts = new SharedParts();
    for (let seq = 0; seq < 3_000; seq += 1) {
      const document = { ...parsed(1), epoch: { root: seq } };
      expect(parts.share(document)).toEqual(document);
    }
  });

  it("gives equal parts as one value, and no others", () => {
    const parts = new SharedParts();
    const first = parts.share(parsed(1));
    const again = parts.share(parsed(1));
    const other = parts.share({ ...parsed(1), configuration: ["ELSEWHERE"] });
    expect(again.configuration).toBe(first.configuration);
    expect(again.epoch).toBe(first.epoch);
    expect(again.history).toBe(first.history);
    expect(other.configuration).toEqual(["ELSEWHERE"]);
    expect(other.epoch).toBe(first.epoch);
  });
});
