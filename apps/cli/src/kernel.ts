import { hash } from "node:crypto";
import { createKernel } from "@swoosh/kernel";

const ENCODER = new TextEncoder();

/** The kernel with Node's hash functions. */
export const kernel = createKernel({
  sha256: (data) => hash("sha256", data, "buffer"),
  utf8: (text) => ENCODER.encode(text),
});
