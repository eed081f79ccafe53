import type { Engine } from "@swoosh/mesh";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { ConsolePort } from "../console-port.ts";
import { drawGrid } from "./draw-grid.ts";

/** ms of one frame: twenty a second. */
const FRAME_MS = 50;

/**
 * Draws the torus in the terminal while it runs; on a stream that is no terminal, the first and the last state. Frames go to
 * standard error, so that the result on standard output stays a line for programs. Ctrl-C ends the run where it is.
 */
export async function watchRun(
  port: ConsolePort,
  engine: Engine,
  options: { readonly ticks: number; readonly every: number },
): Promise<void> {
  const { isTTY, columns, rows } = process.stderr;
  // A line for what is said below the picture, and one for the cursor.
  const area = { columns: orElse(columns, 80), rows: Math.max(1, orElse(rows, 24) - 2) };
  const frame = (): string =>
    `${drawGrid(engine.read(), area)}tick ${engine.tick} of ${options.ticks}, ${engine.population()} alive\n`;
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
  };
  process.once("SIGINT", stop);
  try {
    let drawn = frame();
    port.err(drawn);
    while (engine.tick < options.ticks && !isStopped) {
      engine.step(Math.min(Math.max(1, options.every), options.ticks - engine.tick));
      if (isTTY !== true) continue;
      const up = drawn.split("\n").length - 1;
      drawn = frame();
      port.err(`\u001b[${up}A\u001b[J${drawn}`);
      await pause(FRAME_MS);
    }
    if (isTTY !== true) port.err(frame());
  } finally {
    process.removeListener("SIGINT", stop);
  }
}

/** Streams that are no terminals have no size, and some terminals say 0. */
function orElse(size: number | undefined, usual: number): number {
  return size === undefined || size <= 0 ? usual : size;
}
