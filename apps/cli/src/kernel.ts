import { hash } from "node:crypto";
import { createGuards } from "@swoosh/guards";
import { createKernel, type Hasher } from "@swoosh/kernel";

const ENCODER = new TextEncoder();

const hasher: Hasher = {
  sha256: (data) => hash("sha256", data, "buffer"),
  utf8: (text) => ENCODER.encode(text),
};

/** The kernel with Node's hash functions, and every guard that charts of Swoosh may name. */
export const kernel = createKernel(hasher, { natives: createGuards(hasher) });
