import { describe, expect, it } from "vitest";
import { nodeHasher } from "../testing/node-hasher.ts";
import { preAuthenticationEncoding } from "./dsse.ts";

describe("DSSE's pre-authentication encoding", () => {
  it("gives the specification's example", () => {
    const bytes = preAuthenticationEncoding(nodeHasher, {
      type: "http://example.com/HelloWorld",
      body: "hello world",
    });
    expect(Buffer.from(bytes).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it("counts bytes, not characters", () => {
    const bytes = preAuthenticationEncoding(nodeHasher, { type: "ü", body: "😀" });
    expect(Buffer.from(bytes).toString()).toBe("DSSEv1 2 ü 4 😀");
  });
});
