import { createHash } from "node:crypto";
import { OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES } from "./limits.ts";

/** Output of a task: all of it counted and hashed, head and tail kept. */
export class BoundedOutput {
  readonly #hash = createHash("sha256");
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer = Buffer.alloc(0);
  bytes = 0;

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
    const room = OUTPUT_HEAD_BYTES - this.#headBytes;
    if (room > 0) {
      this.#head.push(Buffer.from(chunk.subarray(0, room)));
      this.#headBytes += Math.min(room, chunk.length);
    }
    const rest = room > 0 ? chunk.subarray(room) : chunk;
    if (rest.length === 0) return;
    const last = Buffer.concat([this.#tail, rest.subarray(-OUTPUT_TAIL_BYTES)]);
    this.#tail = Buffer.from(last.subarray(-OUTPUT_TAIL_BYTES));
  }

  /** Of everything that came, not of what is kept. */
  hash(): string {
    return `sha256-${this.#hash.copy().digest("hex")}`;
  }

  get isCut(): boolean {
    return this.bytes > this.#headBytes + this.#tail.length;
  }

  text(): string {
    const head = Buffer.concat(this.#head).toString("utf8");
    const tail = this.#tail.toString("utf8");
    const left = this.bytes - this.#headBytes - this.#tail.length;
    return left > 0 ? `${head}\n… ${left} bytes left out …\n${tail}` : head + tail;
  }
}
