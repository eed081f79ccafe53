import type { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import type { ToldRecord } from "./tell-record.ts";

const TRANSITION_WIDTH = 28;
const BY_WIDTH = 10;

/** One line for one transition: when, what, by whom, and what changed. */
export function toldLine(
  { about, at, by, changes, transition }: ToldRecord,
  beganAt: number,
  paint: ReturnType<typeof createPaint>,
): string {
  // The log's time of the first records may lie a moment before the watch began.
  const seconds = `${(Math.max(0, at - beganAt) / 1_000).toFixed(1)}s`.padStart(7);
  const words = [changes.join(", "), about].filter((part) => part !== "").join("  ");
  return `${paint.dim(seconds)}  ${plainText(transition).padEnd(TRANSITION_WIDTH)} ${paint.note(
    plainText(by).padEnd(BY_WIDTH),
  )} ${plainText(words)}`.trimEnd();
}
