import { hash } from "node:crypto";
import type { Hasher } from "@swoosh/kernel/values";

const ENCODER = new TextEncoder();

/** Node's hash functions for the kernel. */
export const hasher: Hasher = {
  sha256: (data) => hash("sha256", data, "buffer"),
  utf8: (text) => ENCODER.encode(text),
};
