import type { Engine } from "@swoosh/mesh";
import { performance } from "node:perf_hooks";
import type { ConsolePort } from "../console-port.ts";

/** ms between two lines of progress, and before the first one. */
const PROGRESS_MS = 3_000;
/** ms of one call of the engine: short enough for the next line to come in time. */
const STRIDE_MS = 250;

/** Steps an engine so many ticks; who waits longer than some seconds is told how far it is. */
export function runTicks(
  port: ConsolePort,
  engine: Engine,
  options: { readonly ticks: number; readonly quiet?: boolean },
  nowMs: () => number = () => performance.now(),
): void {
  const startedMs = nowMs();
  let saidMs = startedMs;
  let stride = 1;
  while (engine.tick < options.ticks) {
    const beforeMs = nowMs();
    engine.step(Math.min(stride, options.ticks - engine.tick));
    const afterMs = nowMs();
    if (afterMs - beforeMs < STRIDE_MS) stride *= 2;
    else if (afterMs - beforeMs > 4 * STRIDE_MS) stride = Math.max(1, Math.floor(stride / 2));
    if (options.quiet === true || afterMs - saidMs < PROGRESS_MS) continue;
    saidMs = afterMs;
    const share = engine.tick / options.ticks;
    const restMs = ((afterMs - startedMs) * (1 - share)) / share;
    port.err(
      `tick ${engine.tick} of ${options.ticks} (${Math.floor(share * 100)} %), about ${Math.ceil(restMs / 1_000)} s to go\n`,
    );
  }
}
