import type { WireCode } from "@swoosh/protocol";

/** The answer is no, and why: what a caller is told. */
export class MemoryRefused extends Error {
  override readonly name = "MemoryRefused";
  readonly code: WireCode;

  constructor(code: WireCode, message: string) {
    super(message);
    this.code = code;
  }
}
