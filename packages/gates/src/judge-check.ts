import type { Command, Criterion } from "./check.ts";
import { formatDuration } from "./duration.ts";
import type { Execution } from "./execution.ts";
import { plainLines, speaksOfError } from "./error-signature.ts";
import { CAUSE_LENGTH_MAX } from "./limits.ts";

export interface Judgement {
  readonly ok: boolean;
  /** Why not, for a person: what happened, with which value. "" where it is ok. */
  readonly cause: string;
}

const OK: Judgement = { ok: true, cause: "" };

/** Whether a command gave what was expected of it. */
export function judgeCommand(command: Command, execution: Execution): Judgement {
  if (execution.trouble !== null) return no(execution.trouble);
  if (execution.timedOut) return no(`no end within ${formatDuration(command.timeoutMs)}: stopped`);
  const { expect, report } = command;
  if (execution.exit === null) return no(`killed by ${execution.signal ?? "a signal"}`);
  const wantsFailure = expect.exit !== 0;
  if (expect.exit !== null && execution.exit !== expect.exit)
    return no(exitCause(execution, expect.exit));
  const saying = judgeOutput(command, execution);
  if (!saying.ok) return saying;
  if (report === null || wantsFailure) return OK;
  return judgeTests(execution, expect.testsMin);
}

function judgeOutput({ expect }: Command, { output }: Execution): Judgement {
  for (const text of expect.contains)
    if (!output.includes(text)) return no(`the output lacks "${text.slice(0, 60)}"`);
  for (const text of expect.lacks)
    if (output.includes(text)) return no(`the output has "${text.slice(0, 60)}"`);
  return OK;
}

function exitCause({ exit, tests, output }: Execution, wanted: number): string {
  const named = tests?.failures[0];
  if (named !== undefined) return `exit ${exit}: ${tests?.failed ?? 0} failed, first ${named.name}`;
  if (exit === 127) return `exit 127: a command was not found: ${lastLine(output)}`;
  const last = lastLine(output);
  return `exit ${exit}, ${wanted} was expected${last === "" ? "" : `: ${last}`}`;
}

/** The last line that speaks of an error, else the last one. */
function lastLine(output: string): string {
  const lines = plainLines(output).filter((line) => line.trim() !== "");
  return (lines.findLast((line) => speaksOfError(line)) ?? lines.at(-1) ?? "").trim();
}

/** A report is believed less than it claims: none, an empty one, and one with failures are no. */
function judgeTests({ tests, reportTrouble }: Execution, testsMin: number): Judgement {
  if (tests === null) return no(reportTrouble ?? "no test report was found in the output");
  if (tests.failed > 0)
    return no(`${tests.failed} tests failed, first ${tests.failures[0]?.name ?? "without a name"}`);
  if (tests.passed < Math.max(1, testsMin))
    return no(`${tests.passed} tests passed, at least ${Math.max(1, testsMin)} were expected`);
  return OK;
}

export type NegativeState = "failed" | "passed" | "missing";

/**
 * What the negative showed. It must end by itself and be as expected (a non-zero exit unless the file says which): a negative
 * that cannot be started, is killed or does not end shows nothing.
 */
export function judgeNegative(
  negative: Command | null,
  execution: Execution | null,
): { readonly state: NegativeState; readonly cause: string } {
  if (negative === null || execution === null)
    return {
      state: "missing",
      cause: "there is no negative: nothing shows that this check can fail",
    };
  if (execution.exit === 127 || execution.exit === 126)
    return {
      state: "passed",
      cause: `the negative could not be run (exit ${execution.exit}): it shows nothing`,
    };
  if (negative.expect.exit === null) {
    if (execution.trouble !== null || execution.timedOut || execution.exit === null)
      return { state: "passed", cause: "the negative did not end by itself: it shows nothing" };
    if (execution.exit === 0)
      return {
        state: "passed",
        cause: "the negative passed: this check cannot fail, which is a failure",
      };
    // It must fail for the reason that it was written for: what its output must hold says which.
    const saying = judgeOutput(negative, execution);
    return saying.ok
      ? { state: "failed", cause: "" }
      : { state: "passed", cause: `the negative failed for another reason: ${saying.cause}` };
  }
  const judgement = judgeCommand(negative, execution);
  if (!judgement.ok)
    return { state: "passed", cause: `the negative did not fail as expected: ${judgement.cause}` };
  return { state: "failed", cause: "" };
}

/** Check and negative together. */
export function judgeCriterion(
  criterion: Criterion,
  runs: { readonly check: Execution | null; readonly negative: Execution | null },
): Judgement & { readonly negative: NegativeState } {
  const shown = judgeNegative(criterion.negative, runs.negative);
  if (criterion.check === null || runs.check === null)
    return {
      ok: false,
      cause: shorten(criterion.blocker ?? "there is no check yet"),
      negative: shown.state,
    };
  const judgement = judgeCommand(criterion.check, runs.check);
  if (!judgement.ok) return { ...judgement, negative: shown.state };
  const needed =
    criterion.kind === "criterion" || criterion.kind === "gap" || criterion.negative !== null;
  if (needed && shown.state !== "failed")
    return { ok: false, cause: shorten(shown.cause), negative: shown.state };
  return { ...OK, negative: shown.state };
}

function no(cause: string): Judgement {
  return { ok: false, cause: shorten(cause) };
}

function shorten(text: string): string {
  const plain = [...text.replaceAll(/\s+/g, " ").trim()];
  return plain.length <= CAUSE_LENGTH_MAX
    ? plain.join("")
    : `${plain.slice(0, CAUSE_LENGTH_MAX - 1).join("")}…`;
}
