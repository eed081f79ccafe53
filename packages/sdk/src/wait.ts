import type { Cancellation, SdkClock } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";

/** Resolves `ms` from now; rejects with `cancelled` as soon as the caller gives up. */
export function wait(clock: SdkClock, ms: number, signal?: Cancellation): Promise<void> {
  throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(cancelled(signal));
    };
    const cancel = clock.wakeIn(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop);
  });
}

export function throwIfCancelled(signal: Cancellation | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

function cancelled(signal: Cancellation | undefined): SdkError {
  return new SdkError("cancelled", "the caller gave up", { cause: signal?.reason });
}
