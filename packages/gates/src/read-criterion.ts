import {
  REPORT_FORMATS,
  SCHEDULES,
  type Command,
  type Criterion,
  type Expectation,
} from "./check.ts";
import type { FileReading, Place } from "./file-reading.ts";
import {
  CHECK_TIMEOUT_MS_DEFAULT,
  CHECK_TIMEOUT_MS_MAX,
  CRITERION_ID_LENGTH_MAX,
  FRESH_MS_DEFAULT,
  FRESH_MS_MAX,
} from "./limits.ts";
import { presetOf, PRESETS } from "./presets.ts";
import { SEVERITIES } from "./severity.ts";

const CRITERION_KEYS = [
  "id",
  "title",
  "check",
  "negative",
  "fresh_for",
  "evidence",
  "schedule",
  "parallel",
  "severity",
  "current",
  "alias",
  "target",
  "blocker",
  "note",
] as const;
const TRIGGER_KEYS = [
  "id",
  "title",
  "when",
  "negative",
  "fresh_for",
  "schedule",
  "severity",
  "blocker",
  "note",
] as const;
const GATE_KEYS = [
  "id",
  "title",
  "run",
  "preset",
  "timeout",
  "expect",
  "report",
  "negative",
  "when",
  "thresholds",
  "fresh_for",
  "evidence",
  "schedule",
  "parallel",
  "severity",
  "target",
  "blocker",
  "note",
] as const;
const COMMAND_KEYS = ["run", "preset", "timeout", "expect", "report"] as const;

/** An exit criterion of a level. */
export function readCriterion(
  reading: FileReading,
  place: Place,
  kind: "criterion" | "gap" = "criterion",
): Criterion | undefined {
  reading.knows(place, kind === "gap" ? [...CRITERION_KEYS, "level", "found"] : CRITERION_KEYS);
  const check = readCommand(reading, place, "check", 0);
  if (
    place.value["check"] === undefined &&
    kind === "criterion" &&
    place.value["blocker"] === undefined
  )
    reading.warn(
      "no_check",
      place.path,
      "there is no check; the criterion stays red until a command decides it",
    );
  const negative = readCommand(reading, place, "negative", null);
  if (check !== null && place.value["negative"] === undefined)
    reading.warn(
      "no_negative",
      place.path,
      "there is no negative: nothing shows that this check can fail, so it cannot pass; add a command that must fail",
    );
  return common(reading, place, {
    kind,
    check,
    negative,
    fires: null,
    when: null,
    thresholds: null,
  });
}

/** A regression trigger: `when: { run }` fires where the command fails, `when: "CEL"` where the expression is true. */
export function readTrigger(reading: FileReading, place: Place): Criterion | undefined {
  reading.knows(place, TRIGGER_KEYS);
  const when = place.value["when"];
  if (when === undefined)
    reading.error("missing", place.path, "when is missing; { run: COMMAND } or a CEL expression");
  const fires = typeof when === "string" ? when : null;
  const check = fires === null ? readCommand(reading, place, "when", 0) : null;
  const negative = readCommand(reading, place, "negative", null);
  return common(reading, place, {
    kind: "trigger",
    check,
    negative,
    fires,
    when: null,
    thresholds: null,
  });
}

/** A gate of a stage: the command stands in the gate itself; with a blocker there may be none yet, and the gate is red. */
export function readGate(reading: FileReading, place: Place): Criterion | undefined {
  reading.knows(place, GATE_KEYS);
  const isBlocked =
    place.value["blocker"] !== undefined &&
    place.value["run"] === undefined &&
    place.value["preset"] === undefined;
  const check = isBlocked ? null : commandOf(reading, place, 0);
  const negative = readCommand(reading, place, "negative", null);
  const when = reading.text(place, "when") ?? null;
  const thresholds = reading.text(place, "thresholds") ?? null;
  return common(reading, place, { kind: "gate", check, negative, fires: null, when, thresholds });
}

type Parts = Pick<Criterion, "kind" | "check" | "negative" | "fires" | "when" | "thresholds">;

function common(reading: FileReading, place: Place, parts: Parts): Criterion | undefined {
  const id = reading.name(place, "id", CRITERION_ID_LENGTH_MAX);
  const title = reading.text(place, "title", { lengthMax: 200 });
  const freshMs = reading.duration(place, "fresh_for", FRESH_MS_MAX);
  const criterion = {
    ...parts,
    title: title ?? id ?? "",
    freshMs: freshMs ?? FRESH_MS_DEFAULT,
    evidence: reading.texts(place, "evidence"),
    schedule: reading.oneOf(place, "schedule", SCHEDULES) ?? "change",
    parallel: reading.boolean(place, "parallel") ?? false,
    severity: reading.oneOf(place, "severity", SEVERITIES) ?? null,
    alias: reading.text(place, "alias", { lengthMax: 60 }) ?? null,
    current: reading.text(place, "current") ?? null,
    target: reading.text(place, "target") ?? null,
    blocker: reading.text(place, "blocker") ?? null,
    note: reading.text(place, "note") ?? null,
    line: reading.lineOf(place.path),
  };
  return id === undefined ? undefined : { id, ...criterion };
}

/** `exitDefault`: what the exit code must be where the file does not say; null: anything but 0. */
function readCommand(
  reading: FileReading,
  place: Place,
  key: string,
  exitDefault: number | null,
): Command | null {
  const value = place.value[key];
  if (typeof value === "string") return { ...plain(value, exitDefault) };
  const inner = reading.map(place, key);
  if (inner === undefined) return null;
  reading.knows(inner, COMMAND_KEYS);
  return commandOf(reading, inner, exitDefault);
}

function plain(run: string, exit: number | null): Command {
  const expect = { exit, contains: [], lacks: [], testsMin: 0 };
  return { run, timeoutMs: CHECK_TIMEOUT_MS_DEFAULT, expect, report: null };
}

function commandOf(reading: FileReading, place: Place, exitDefault: number | null): Command | null {
  const name = reading.text(place, "preset");
  const preset = name === undefined ? undefined : presetOf(name);
  if (name !== undefined && preset === undefined)
    reading.error(
      "unknown_preset",
      [...place.path, "preset"],
      `there is no preset "${name}"; there are ${PRESETS.map((one) => one.name).join(", ")}`,
    );
  const run = reading.text(place, "run") ?? preset?.run;
  if (run === undefined) {
    if (name === undefined)
      reading.error(
        "missing",
        place.path,
        "run is missing; a shell command is expected, or preset",
      );
    return null;
  }
  return {
    run,
    timeoutMs: reading.duration(place, "timeout", CHECK_TIMEOUT_MS_MAX) ?? CHECK_TIMEOUT_MS_DEFAULT,
    expect: readExpectation(reading, place, exitDefault),
    report: readReport(reading, place) ?? preset?.report ?? null,
  };
}

function readExpectation(
  reading: FileReading,
  place: Place,
  exitDefault: number | null,
): Expectation {
  const inner = reading.map(place, "expect");
  if (inner === undefined) return { exit: exitDefault, contains: [], lacks: [], testsMin: 0 };
  reading.knows(inner, ["exit", "contains", "lacks", "tests_min"]);
  const listed = (key: string): readonly string[] => {
    const value = inner.value[key];
    return typeof value === "string" ? [value] : reading.texts(inner, key);
  };
  return {
    exit: reading.integer(inner, "exit", { least: 0, most: 255 }) ?? exitDefault,
    contains: listed("contains"),
    lacks: listed("lacks"),
    testsMin: reading.integer(inner, "tests_min", { least: 0, most: 1_000_000 }) ?? 0,
  };
}

function readReport(reading: FileReading, place: Place): Command["report"] | undefined {
  const value = place.value["report"];
  if (value === undefined) return undefined;
  if (typeof value === "string") {
    const format = reading.oneOf(place, "report", REPORT_FORMATS);
    return format === undefined ? undefined : { format, path: null };
  }
  const inner = reading.map(place, "report");
  if (inner === undefined) return undefined;
  reading.knows(inner, ["format", "path"]);
  return {
    format: reading.oneOf(inner, "format", REPORT_FORMATS) ?? "auto",
    path: reading.text(inner, "path") ?? null,
  };
}
