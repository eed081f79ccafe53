import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64urlOf, bytesOfBase64url } from "./base64url.ts";

describe("base64url", () => {
  it("writes and reads what Node's writes and reads", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64url");
        expect(base64urlOf(bytes)).toBe(text);
        expect([...(bytesOfBase64url(text, bytes.length) ?? ["refused"])]).toEqual([...bytes]);
      }),
    );
  });

  it("has one spelling for each value", () => {
    const text = base64urlOf(new Uint8Array([255, 254, 253, 252]));
    expect(text).toBe("__79_A");
    for (const odd of [
      "__79_B",
      "//79/A",
      "__79_A==",
      "__79_",
      "__79_A ",
      "__79_é",
      "__79_\u{20041}",
    ])
      expect([odd, bytesOfBase64url(odd, 4)]).toEqual([odd, undefined]);
    expect(bytesOfBase64url(text, 3)).toBeUndefined();
    expect(bytesOfBase64url(text, 5)).toBeUndefined();
  });
});
