import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { MASK, Secret } from "./secret.ts";

const TEXT = "canary-5f2c";
const secret = new Secret(TEXT);

describe("a secret", () => {
  it("shows its mask wherever it is printed", () => {
    const shown = [
      [secret].join(),
      "".concat(String(secret)),
      String(secret),
      JSON.stringify({ secret, list: [secret] }),
      inspect(secret),
      inspect({ secret }, { depth: 9, showHidden: true }),
      format("%s %o %O %j", secret, secret, secret, secret),
      new Error(`no: ${String(secret)}`).stack ?? "",
      inspect(new Error("no", { cause: secret })),
      inspect(new Map([["secret", secret]])),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(structuredClone(secret)),
    ];
    expect(shown.filter((text) => text.includes(TEXT))).toEqual([]);
    expect(shown.slice(0, 5).every((text) => text.includes(MASK))).toBe(true);
    expect(secret.reveal()).toBe(TEXT);
  });

  it("is compared whole", () => {
    expect(secret.matches(TEXT)).toBe(true);
    for (const other of ["", TEXT.slice(0, -1), `${TEXT}x`, MASK])
      expect(secret.matches(other)).toBe(false);
  });
});
