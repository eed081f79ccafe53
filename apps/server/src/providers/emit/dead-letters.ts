import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
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

  add(letter: DeadLetter): void {
    appendFileSync(this.#path, `${JSON.stringify(letter)}\n`);
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
