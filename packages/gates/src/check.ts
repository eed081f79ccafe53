import type { JsonObject } from "@swoosh/kernel/values";
import type { Severity } from "./severity.ts";

/** Formats of test reports that are understood. `auto` looks at the text. */
export const REPORT_FORMATS = [
  "auto",
  "junit",
  "tap",
  "vitest",
  "node-test",
  "pytest",
  "go",
] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** When a check is due by itself. `change`: with every run. */
export const SCHEDULES = ["change", "daily", "weekly", "monthly"] as const;
export type Schedule = (typeof SCHEDULES)[number];

export interface Expectation {
  /** Exit code; null: any. */
  readonly exit: number | null;
  /** Texts that must, or must not, stand in the output. */
  readonly contains: readonly string[];
  readonly lacks: readonly string[];
  /** Tests that must have run at least; 0: not looked at. */
  readonly testsMin: number;
}

/** One command and what it must give. */
export interface Command {
  readonly run: string;
  readonly timeoutMs: number;
  readonly expect: Expectation;
  /** Where a test report lies, relative to the repository; null: in the output. */
  readonly report: { readonly format: ReportFormat; readonly path: string | null } | null;
}

/** What a criterion, a gate and a trigger have in common: something that is checked. */
export interface Criterion {
  readonly id: string;
  readonly title: string;
  readonly kind: "criterion" | "trigger" | "gate" | "gap";
  /** null: there is none yet, so it is red. */
  readonly check: Command | null;
  /** A run that must fail: shows that the check can. */
  readonly negative: Command | null;
  /** CEL over metrics and phase, for triggers without a command; null: the command decides. */
  readonly fires: string | null;
  readonly freshMs: number;
  /** Files (globs) whose bytes are evidence. */
  readonly evidence: readonly string[];
  readonly schedule: Schedule;
  /** May run beside others that are declared so. */
  readonly parallel: boolean;
  readonly severity: Severity | null;
  /** A name by which people know the check: an npm script that is generated for it. */
  readonly alias: string | null;
  readonly current: string | null;
  readonly target: string | null;
  /** Why it is known to be red; such a failure opens no issue. */
  readonly blocker: string | null;
  readonly note: string | null;
  /** Gates only: CEL over `phase`; null: always. */
  readonly when: string | null;
  /** Gates only: a threshold file that the metrics of the run are held against. */
  readonly thresholds: string | null;
  /** 1-based line in its file. */
  readonly line: number;
}

/** What a verdict is about: whoever changes any of it gets a new hash, and old verdicts count no more. */
export function definitionOf(criterion: Criterion): JsonObject {
  return {
    id: criterion.id,
    kind: criterion.kind,
    check: criterion.check === null ? null : commandJson(criterion.check),
    negative: criterion.negative === null ? null : commandJson(criterion.negative),
    fires: criterion.fires,
    fresh_ms: criterion.freshMs,
    evidence: [...criterion.evidence],
    thresholds: criterion.thresholds,
  };
}

function commandJson({ run, timeoutMs, expect, report }: Command): JsonObject {
  return {
    run,
    timeout_ms: timeoutMs,
    expect: {
      exit: expect.exit,
      contains: [...expect.contains],
      lacks: [...expect.lacks],
      tests_min: expect.testsMin,
    },
    report: report === null ? null : { format: report.format, path: report.path },
  };
}
