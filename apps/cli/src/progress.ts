import type { ConsolePort } from "./console-port.ts";

/** ms between two pictures of a bar, and between two lines where nobody sees one. */
const BAR_MS = 100;
const LINE_MS = 3_000;
const BAR_WIDTH = 24;
/** Back to the begin of the line, which is emptied. */
const CLEAR = "\r\u001B[2K";

/** How far long work is. */
export interface Step {
  /** What happens to records: `copied`, `verified`. */
  readonly word: string;
  readonly records: number;
  /** Of so many, where that is known. */
  readonly total?: number;
}

export interface Progress {
  show(step: Step): void;
  /** The work is over, or has failed: whatever is written next begins a line. */
  end(): void;
}

/**
 * What a person sees of long work, on standard error: on a terminal a bar that is drawn anew, elsewhere a line every few seconds.
 * Work that is over before that says nothing. `nowMs` never goes back.
 */
export function createProgress(
  port: Pick<ConsolePort, "err" | "errIsTerminal">,
  { isQuiet, nowMs = () => performance.now() }: { isQuiet: boolean; nowMs?: () => number },
): Progress {
  if (isQuiet) return { show: () => {}, end: () => {} };
  const begunMs = nowMs();
  let shownMs = port.errIsTerminal ? Number.NEGATIVE_INFINITY : begunMs;
  let isDrawn = false;
  return {
    show: (step) => {
      const now = nowMs();
      if (now - shownMs < (port.errIsTerminal ? BAR_MS : LINE_MS)) return;
      shownMs = now;
      isDrawn = port.errIsTerminal;
      const text = inWords(step, now - begunMs);
      port.err(port.errIsTerminal ? `${CLEAR}${barOf(step)}${text}` : `${text}\n`);
    },
    end: () => {
      if (isDrawn) port.err(CLEAR);
      isDrawn = false;
    },
  };
}

function barOf({ records, total }: Step): string {
  if (total === undefined || total === 0) return "";
  const full = Math.floor((Math.min(records, total) * BAR_WIDTH) / total);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}] `;
}

function inWords({ records, total, word }: Step, sinceMs: number): string {
  const of = total === undefined ? "" : ` of ${total}`;
  return `${records}${of} records ${word}, ${Math.floor(sinceMs / 1_000)} s`;
}
