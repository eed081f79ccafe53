import type { Json } from "@swoosh/kernel";
import type { ControllerFrame, ResponseFrame } from "@swoosh/protocol";
import { CallFailed } from "./call-failed.ts";
import { WAITING_CALLS_MAX } from "./limits.ts";

/** Calls `wake` once, `ms` from now; the answer cancels it. */
export type WakeIn = (ms: number, wake: () => void) => () => void;

/** By the world's timers; none of them keeps a process up. */
export const wakeInReal: WakeIn = (ms, wake) => {
  const timer = setTimeout(wake, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

interface Pending {
  settle(answer: ResponseFrame): void;
  fail(error: CallFailed): void;
}

/**
 * Calls under way on one connection: sent as far as the runner's credit goes, in the order in which they were made.
 *
 * G2 a call settles exactly once: by its answer, its deadline, or the end of the connection.
 */
export class Calls {
  readonly #send: (frame: ControllerFrame) => void;
  readonly #wakeIn: WakeIn;
  readonly #pending = new Map<string, Pending>();
  #made = 0;
  #credit = 0;
  /** Calls that wait for credit; each of them has its deadline. */
  #waiting: ControllerFrame[] = [];

  constructor(send: (frame: ControllerFrame) => void, wakeIn: WakeIn) {
    this.#send = send;
    this.#wakeIn = wakeIn;
  }

  /** Gives `frame` an id and sends it. Rejects with `CallFailed`. */
  make(deadlineMs: number, frame: (id: string) => ControllerFrame): Promise<Json> {
    if (this.#waiting.length >= WAITING_CALLS_MAX)
      return Promise.reject(new CallFailed("no_credit", "the runner takes no more frames now"));
    this.#made += 1;
    const id = String(this.#made);
    return new Promise((resolve, reject) => {
      const stopWaiting = this.#wakeIn(deadlineMs, () => {
        this.#pending.delete(id);
        this.#cancel(id);
        reject(new CallFailed("deadline", `no answer within ${deadlineMs} ms`));
      });
      const done = (): void => {
        stopWaiting();
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        settle: (answer) => {
          done();
          if (answer.ok) resolve(answer.data ?? null);
          else reject(new CallFailed(answer.error?.code ?? "failed", answer.error?.message ?? ""));
        },
        fail: (error) => {
          done();
          reject(error);
        },
      });
      this.#waiting.push(frame(id));
      this.#flush();
    });
  }

  /** One that nobody waits for any more is dropped. */
  settle(answer: ResponseFrame): void {
    this.#pending.get(answer.id)?.settle(answer);
  }

  /** The runner takes so many frames more. */
  grant(frames: number): void {
    this.#credit += frames;
    this.#flush();
  }

  /** The connection is over, and with it all of them. */
  end(reason: string): void {
    for (const { fail } of this.#pending.values()) fail(new CallFailed("lost", reason));
    this.#waiting = [];
  }

  #flush(): void {
    while (this.#credit > 0) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#credit -= 1;
      this.#send(frame);
    }
  }

  /** A call that was never sent needs no word. */
  #cancel(id: string): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((frame) => !("id" in frame) || frame.id !== id);
    if (this.#waiting.length < before || this.#credit <= 0) return;
    this.#credit -= 1;
    this.#send({ type: "cancel", id });
  }
}
