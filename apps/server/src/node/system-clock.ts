import type { Clock } from "@swoosh/kernel";

/** Longest time that Node's timers can wait, ms; a longer wait is taken in steps. */
const TIMEOUT_MS_MAX = 2_147_483_647;
/** A clock that was set forward is noticed after this long, ms. */
const LOOK_AGAIN_MS = 1_000;

/** The machine's wall clock. Waits end by the clock's reading, not by time gone by: it may be set either way meanwhile. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt(at, wake) {
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      const leftMs = at - Date.now();
      const forMs = Math.min(Math.max(leftMs, 0), LOOK_AGAIN_MS, TIMEOUT_MS_MAX);
      timer = setTimeout(() => (Date.now() >= at ? wake() : wait()), forMs);
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
