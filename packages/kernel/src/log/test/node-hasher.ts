import { hash } from "node:crypto";
import type { Hasher } from "../../hash.ts";

const encoder = new TextEncoder();

export const nodeHasher: Hasher = {
  sha256: (data) => hash("sha256", data, "buffer"),
  utf8: (text) => encoder.encode(text),
};
