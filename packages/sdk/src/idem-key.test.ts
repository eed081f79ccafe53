import { describe, expect, it } from "vitest";
import { idemKeyOf } from "./idem-key.ts";
import { randomBelow } from "./random-below.ts";
import { serverTimeMs } from "./server-time.ts";
import { hlcAfter, HeadBook } from "./head-book.ts";

const BYTES = Uint8Array.from({ length: 16 }, (_, at) => 255 - at);

describe("idempotency keys", () => {
  it("name goal, beat, operation and a version 4 UUID", () => {
    const operation = { instance: "order/42", transition: "Order_Add" };
    expect(idemKeyOf(operation, {}, BYTES)).toBe(
      "42:0:Order_Add:fffefdfc-fbfa-49f8-b7f6-f5f4f3f2f1f0",
    );
    expect(idemKeyOf(operation, { goal: "g", beat: 7, opClass: "review" }, BYTES)).toMatch(
      /^g:7:review:/,
    );
  });

  it("stay in the contract whatever the names", () => {
    const operation = { instance: `a/${"x".repeat(128)}`, transition: `T${"y".repeat(63)}` };
    for (const parts of [
      {},
      { goal: "a:b", opClass: "@c d" },
      { goal: "", opClass: "ä\ud800", beat: Number.MAX_SAFE_INTEGER },
      { goal: "@x" },
    ]) {
      const key = idemKeyOf(operation, parts, BYTES);
      expect(new TextEncoder().encode(key).length).toBeLessThanOrEqual(200);
      expect(key).toMatch(/^[^:@]+:[0-9]+:[^:]+:[0-9a-f-]{36}$/);
    }
  });
});

describe("clocks", () => {
  it("go on from what was seen", () => {
    const wall = 1_767_225_600_000;
    expect(hlcAfter(wall, undefined)).toBe("2026-01-01T00:00:00.000+00:00#0");
    expect(hlcAfter(wall, "2025-12-31T23:59:59.999+00:00#7")).toBe(
      "2026-01-01T00:00:00.000+00:00#0",
    );
    expect(hlcAfter(wall, "2026-01-01T00:00:00.000+00:00#7")).toBe(
      "2026-01-01T00:00:00.000+00:00#8",
    );
    expect(hlcAfter(wall, "2026-01-01T00:00:05.000+00:00#0")).toBe(
      "2026-01-01T00:00:05.000+00:00#1",
    );
    expect(hlcAfter(wall, "2026-01-01T00:00:05.000+00:00#2147483647")).toBe(
      "2026-01-01T00:00:05.001+00:00#0",
    );
    expect(hlcAfter(wall, "")).toBe("2026-01-01T00:00:00.000+00:00#0");
  });

  it("read a server's date, and no other form", () => {
    expect(serverTimeMs("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(784_111_777_000);
    expect(serverTimeMs("Thu, 01 Jan 1970 00:00:00 GMT")).toBe(0);
    for (const text of [
      null,
      "",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
      "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 CET",
      "Sun, 06 anF 1994 08:49:37 GMT",
    ])
      expect(serverTimeMs(text)).toBeUndefined();
  });
});

describe("heads", () => {
  it("are kept by age of the record, and bounded", () => {
    const book = new HeadBook();
    const head = (index: number) => ({ hash: `sha256-${index}`, hlc: "", index }) as const;
    book.put("a/1", head(5));
    book.put("a/1", head(4));
    expect(book.get("a/1")?.index).toBe(5);
    for (let at = 0; at < 10_000; at += 1) book.put(`b/${at}`, head(at));
    expect(book.get("a/1")).toBeUndefined();
    expect(book.get("b/0")?.index).toBe(0);
    expect(book.get("b/9999")?.index).toBe(9_999);
  });
});

describe("jitter", () => {
  it("lies below its bound, and bears none", () => {
    const random = (count: number): Uint8Array => new Uint8Array(count).fill(255);
    expect(randomBelow({ random }, 10)).toBe(4_294_967_295 % 10);
    expect([0, 1].map((bound) => randomBelow({ random }, bound))).toEqual([0, 0]);
  });
});
