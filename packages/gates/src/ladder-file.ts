import type { Criterion } from "./check.ts";
import { hasErrors, type FileProblem } from "./file-problem.ts";
import { FileReading, type Place } from "./file-reading.ts";
import { CRITERIA_MAX, LADDER_NAME_LENGTH_MAX, LEVELS_MAX, TRIGGERS_MAX } from "./limits.ts";
import { readCriterion, readTrigger } from "./read-criterion.ts";

/** `gates/maturity.yaml`, read. */
export interface Ladder {
  readonly name: string;
  /** Of the file's own policy; each piece of evidence names it. */
  readonly version: string;
  readonly date: string | null;
  readonly policy: string | null;
  readonly history: readonly {
    readonly version: string;
    readonly date: string;
    readonly note: string;
  }[];
  /** Globs: a change that touches one of them is a feature, whatever it calls itself. */
  readonly featurePaths: readonly string[];
  /** Key of the commit trailer that says what a change is: `Change: feature`. */
  readonly featureTrailer: string;
  /** Most checks side by side, of those that are declared parallel. */
  readonly parallelMax: number;
  readonly levels: readonly Level[];
}

export interface Level {
  readonly level: number;
  readonly name: string;
  readonly rule: string;
  readonly criteria: readonly Criterion[];
  readonly triggers: readonly Criterion[];
  /** A person must verify it, with attachments, before it is reached. */
  readonly needsVerification: boolean;
  /** Signed votes that it takes (k of n); 0: none. */
  readonly votesNeeded: number;
}

export interface ReadLadder {
  /** There exactly where no problem is an error. */
  readonly ladder?: Ladder;
  readonly problems: readonly FileProblem[];
}

const KEYS = [
  "ladder",
  "policy",
  "version",
  "date",
  "history",
  "feature_paths",
  "feature_trailer",
  "parallel",
  "levels",
];
const LEVEL_KEYS = [
  "level",
  "name",
  "rule",
  "criteria",
  "regression_triggers",
  "verification",
  "approvals",
];

/** Reads `gates/maturity.yaml`, and `gates/gaps.yaml` where there is one: gaps are criteria found from above. */
export function readLadderFile(text: string, gapsText?: string): ReadLadder {
  const reading = new FileReading(text, "a ladder");
  const { root } = reading;
  if (root === undefined) return { problems: reading.sorted() };
  reading.knows(root, KEYS);
  const gaps =
    gapsText === undefined ? new Map<number, Criterion[]>() : readGaps(reading, gapsText);
  const name = reading.name(root, "ladder", LADDER_NAME_LENGTH_MAX);
  const places = reading.maps(root, "levels");
  if (root.value["levels"] === undefined)
    reading.error("missing", [], "levels is missing; a list of levels is expected");
  else if (places.length === 0 && Array.isArray(root.value["levels"]))
    reading.error("empty", ["levels"], "there is no level; at least one is expected");
  if (places.length > LEVELS_MAX)
    reading.error(
      "too_many",
      ["levels"],
      `there are ${places.length} levels; at most ${LEVELS_MAX}`,
    );
  const levels = places.map((place, index) => readLevel(reading, place, index, gaps));
  uniqueIds(reading, levels);
  const ladder: Ladder = {
    name: name ?? "",
    version: reading.version(root, "version") ?? "1",
    date: reading.text(root, "date") ?? null,
    policy: reading.text(root, "policy") ?? null,
    history: reading.maps(root, "history").map((entry) => readHistory(reading, entry)),
    featurePaths: reading.texts(root, "feature_paths"),
    featureTrailer: reading.text(root, "feature_trailer", { lengthMax: 40 }) ?? "Change",
    parallelMax: reading.integer(root, "parallel", { least: 1, most: 64 }) ?? 2,
    levels,
  };
  const problems = reading.sorted();
  return hasErrors(problems) ? { problems } : { ladder, problems };
}

function readHistory(reading: FileReading, place: Place): Ladder["history"][number] {
  reading.knows(place, ["version", "date", "note"]);
  return {
    version: reading.version(place, "version") ?? "",
    date: reading.text(place, "date") ?? "",
    note: reading.text(place, "note") ?? "",
  };
}

function readLevel(
  reading: FileReading,
  place: Place,
  index: number,
  gaps: ReadonlyMap<number, readonly Criterion[]>,
): Level {
  reading.knows(place, LEVEL_KEYS);
  const level = reading.integer(place, "level", { least: 0, most: LEVELS_MAX - 1, required: true });
  if (level !== undefined && level !== index)
    reading.error(
      "out_of_order",
      [...place.path, "level"],
      `level ${level} stands at place ${index}; levels are 0, 1, 2, … in order`,
    );
  const own = reading.maps(place, "criteria").flatMap((one) => readCriterion(reading, one) ?? []);
  if (
    place.value["criteria"] === undefined ||
    (Array.isArray(place.value["criteria"]) && place.value["criteria"].length === 0)
  )
    reading.error(
      "missing",
      place.path,
      "criteria is missing; a level without criteria would be held by nobody's work",
    );
  const criteria = [...own, ...(gaps.get(index) ?? [])];
  if (criteria.length > CRITERIA_MAX)
    reading.error(
      "too_many",
      [...place.path, "criteria"],
      `there are ${criteria.length} criteria; at most ${CRITERIA_MAX} a level`,
    );
  const triggers = reading
    .maps(place, "regression_triggers")
    .flatMap((one) => readTrigger(reading, one) ?? []);
  if (triggers.length > TRIGGERS_MAX)
    reading.error(
      "too_many",
      [...place.path, "regression_triggers"],
      `there are ${triggers.length} triggers; at most ${TRIGGERS_MAX} a level`,
    );
  return {
    level: index,
    name: reading.text(place, "name", { required: true, lengthMax: 80 }) ?? "",
    rule: reading.text(place, "rule", { lengthMax: 400 }) ?? "",
    criteria,
    triggers,
    ...readPeople(reading, place),
  };
}

/** `verification: human`, and `approvals: { at_least: 2 }`. */
function readPeople(
  reading: FileReading,
  place: Place,
): Pick<Level, "needsVerification" | "votesNeeded"> {
  const verification = reading.oneOf(place, "verification", ["human", "none"]);
  const approvals = reading.map(place, "approvals");
  if (approvals !== undefined) reading.knows(approvals, ["at_least", "roles"]);
  const votesNeeded =
    approvals === undefined
      ? 0
      : (reading.integer(approvals, "at_least", { least: 1, most: 16, required: true }) ?? 1);
  return { needsVerification: verification === "human", votesNeeded };
}

function uniqueIds(reading: FileReading, levels: readonly Level[]): void {
  const seen = new Map<string, string>();
  for (const { level, criteria, triggers } of levels) {
    for (const [kind, list] of [
      ["criteria", criteria],
      ["regression_triggers", triggers],
    ] as const) {
      for (const [index, { id, line }] of list.entries()) {
        const before = seen.get(id);
        if (before !== undefined)
          reading.error(
            "twice",
            ["levels", level, kind, index, "id"],
            `the id "${id}" is there twice (first at ${before}); ids are unique in a ladder`,
          );
        else seen.set(id, `line ${line}`);
      }
    }
  }
}

/** Gaps by level. Their problems are told as of the ladder's file, with the gap's id, for they have one place in the ladder. */
function readGaps(reading: FileReading, text: string): Map<number, Criterion[]> {
  const gaps = new Map<number, Criterion[]>();
  const inner = new FileReading(text, "a list of gaps");
  if (inner.root !== undefined) {
    inner.knows(inner.root, ["gaps"]);
    for (const place of inner.maps(inner.root, "gaps")) {
      const level = inner.integer(place, "level", {
        least: 0,
        most: LEVELS_MAX - 1,
        required: true,
      });
      const gap = readCriterion(inner, place, "gap");
      if (level !== undefined && gap !== undefined)
        gaps.set(level, [...(gaps.get(level) ?? []), gap]);
    }
  }
  for (const { severity, code, message, line } of inner.problems)
    if (severity === "error")
      reading.error(code, [], `gates/gaps.yaml line ${line ?? 1}: ${message}`);
  return gaps;
}
