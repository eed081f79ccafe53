import type { ConsolePort } from "../console-port.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import type { LogAnswer } from "./gates-store.ts";

/** Says what the log answered: the record, or the refusal with its code, its guard and its reasons. Tells whether it was accepted. */
export function tellAnswer(port: ConsolePort, answer: LogAnswer, what: string): boolean {
  if (answer.kind === "accepted") {
    port.out(
      `${createPaint(port.colour.out).good("recorded")}: ${what} (record ${answer.index})\n`,
    );
    return true;
  }
  const { code, guard, reasons } = answer.refused;
  const why =
    code === "forbidden"
      ? "only a person's key may sign this; the runner's own key may not"
      : reasons.map(plainText).join("; ");
  port.err(
    `${createPaint(port.colour.err).error("refused")}: ${what}: ${code}${guard === undefined || guard === null ? "" : ` (${guard})`}: ${why}\n`,
  );
  return false;
}
