import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientVectors } from "./test/client-vectors.ts";

const FILE = new URL("../../../examples/clients/vectors.json", import.meta.url);

describe("the vectors for clients in other languages", () => {
  it("are what the kernel and the SDK compute", () => {
    const vectors = clientVectors();
    if (process.env["SWOOSH_UPDATE"] === "1") writeFileSync(FILE, JSON.stringify(vectors));
    expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(vectors);
  });
});
