import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import type { JsonObject } from "@swoosh/kernel";

/** A document that was refused; it is kept until somebody sends it again. */
export interface DeadLetter {
  readonly key: string;
  readonly reason: string;
  /** ms: when it was refused last. */
  readonly at: number;
  readonly attempts: number;
  readonly document: JsonObject;
}

/** One JSON object a line, oldest first: readable without Swoosh. */
export class DeadLetters {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** A line that a crash, or a full disk, cut off is ended first, or it would take this one with it. */
  add(letter: DeadLetter): void {
    const end = endsInLine(this.#path) ? "\n" : "";
    appendFileSync(this.#path, `${end}${JSON.stringify(letter)}\n`);
  }

  /** A line that a crash cut off is left out: its document comes again, for the cursor was not moved past it. */
  all(): readonly DeadLetter[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, "utf8")
      .split("\n")
      .flatMap((line) => {
        try {
          const letter: DeadLetter = JSON.parse(line);
          return [letter];
        } catch {
          return [];
        }
      });
  }

  /** Whole or not at all. */
  replace(letters: readonly DeadLetter[]): void {
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, letters.map((letter) => `${JSON.stringify(letter)}\n`).join(""));
    renameSync(temporary, this.#path);
  }
}

function endsInLine(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
  } finally {
    closeSync(file);
  }
}
