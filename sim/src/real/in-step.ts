/**
 * Members that do something at the same moment, again and again: each waits until all have come. So a server gets batches of them
 * also where whoever asks is slower than it is.
 */
export class InStep {
  #members: number;
  #waiting: (() => void)[] = [];

  constructor(members: number) {
    this.#members = members;
  }

  arrive(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#release();
    });
  }

  /** Nobody waits for this one any more. */
  leave(): void {
    this.#members -= 1;
    this.#release();
  }

  #release(): void {
    if (this.#waiting.length < this.#members) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
