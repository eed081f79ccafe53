import { hash } from "node:crypto";
import type { Hasher } from "../hash.ts";

/** `Hasher` over Node's OpenSSL, for tests, benchmarks and tools; the server hands in its own. */
export const nodeHasher: Hasher = {
  sha256: (data) => hash("sha256", data, "buffer"),
  utf8: (text) => Buffer.from(text, "utf8"),
  sha256Hex: (text) => hash("sha256", text, "hex"),
};
