import type { Schema } from "@swoosh/kernel";

/** Shapes that several guards' arguments share. */
export const KEY: Schema = {
  type: "string",
  pattern: "^hmmm:pubkey:[A-Za-z0-9_-]{43}$",
  maxLength: 55,
};
export const HASH: Schema = { type: "string", pattern: "^sha256-[0-9a-f]{64}$", maxLength: 71 };
export const NAME: Schema = { type: "string", pattern: "^[A-Za-z0-9_.-]+$", maxLength: 64 };
export const COUNT: Schema = { type: "integer", minimum: 0 };
export const WINDOW_ID: Schema = { type: "string", maxLength: 200 };
