import { describe, expect, it } from "vitest";
import { clusterIdOf } from "./cluster-id.ts";

describe("the cluster of a journal", () => {
  it("is the origin of its genesis record", () => {
    const digits = "000102030405060708090a0b0c0d0eff";
    const record = JSON.stringify({ index: 0, inputs: { origin: `acme/${digits}` } });
    expect(Buffer.from(clusterIdOf(record)).toString("hex")).toBe(digits);
  });

  it("is a hash of what is no genesis record, another for each", () => {
    const records = [
      "",
      "no JSON",
      "null",
      "7",
      "{}",
      '{"inputs":{"origin":"acme"}}',
      '{"inputs":1}',
    ];
    const ids = records.map((record) => Buffer.from(clusterIdOf(record)).toString("hex"));
    expect(new Set(ids).size).toBe(records.length);
    expect(ids[0]).toBe("e3b0c44298fc1c149afbf4c8996fb924");
  });
});
