import type { Json, JsonObject } from "@swoosh/kernel/values";
import type { Criterion } from "./check.ts";
import type { Ladder, Level } from "./ladder-file.ts";

/** What a criterion's instance says: its configuration and context. */
export interface Recorded {
  readonly configuration: readonly string[];
  readonly context: JsonObject;
}

export type CriterionState = "pass" | "fail" | "stale" | "not-run";

export interface CriterionStatus {
  readonly id: string;
  readonly level: number;
  readonly title: string;
  readonly kind: Criterion["kind"];
  readonly state: CriterionState;
  /** Of the last verdict; null: none. */
  readonly ageMs: number | null;
  /** Why it is not a pass; "" where it is. */
  readonly cause: string;
  readonly evidence: string;
  readonly commit: string;
  /** The last failure, which a later pass does not wipe out. */
  readonly failures: number;
}

export interface LevelStatus {
  readonly level: number;
  readonly name: string;
  readonly rule: string;
  /** held: counts; regressed: was reached and fell; open: never reached since it was defined. */
  readonly state: "held" | "regressed" | "open";
  readonly criteria: readonly CriterionStatus[];
  readonly triggers: readonly CriterionStatus[];
  /** What took it down: the criterion, why, on which commit, the evidence of that verdict ("" where there is none), when. */
  readonly incident: {
    readonly criterion: string;
    readonly cause: string;
    readonly commit: string;
    readonly evidence: string;
    readonly at: number;
  } | null;
  /** Of the five conditions, those that lack; empty while held. */
  readonly lacking: readonly string[];
}

export interface LadderStatus {
  readonly ladder: string;
  /** Highest level held; −1 for none. */
  readonly level: number;
  /** Highest level that was ever reached under its present definition; −1 for none. */
  readonly reached: number;
  readonly commit: string;
  readonly levels: readonly LevelStatus[];
}

export interface StatusInput {
  readonly ladder: Ladder;
  readonly commit: string;
  /** ms. */
  readonly at: number;
  /** By full instance name; undefined: there is none. */
  readonly recorded: (instance: string) => Recorded | undefined;
  /** Value hash of a definition. */
  readonly hashOf: (definition: Json) => string;
  readonly definitionOf: (criterion: Criterion) => JsonObject;
  /** Evidence whose bytes are no longer those that its hash names, or are gone. */
  readonly spoilt: ReadonlySet<string>;
}

export function criterionInstance(subject: string, id: string): string {
  return `criterion/${subject}--${id}`;
}

export function levelInstance(ladder: string, level: number): string {
  return `ladder/${ladder}-${level}`;
}

/** What people and machine agree to when they raise a level. */
export function levelDefinition(
  level: Level,
  definitionOf: StatusInput["definitionOf"],
): JsonObject {
  return {
    level: level.level,
    name: level.name,
    rule: level.rule,
    needs_verification: level.needsVerification,
    votes_needed: level.votesNeeded,
    criteria: level.criteria.map(definitionOf),
    triggers: level.triggers.map(definitionOf),
  };
}

/** Where the ladder stands for a commit, now: a fold over what is recorded, never an opinion. */
export function ladderStatus(input: StatusInput): LadderStatus {
  const { ladder, commit } = input;
  const levels: LevelStatus[] = [];
  let held = -1;
  let reached = -1;
  for (const level of ladder.levels) {
    const status = levelStatus(input, level, held === level.level - 1);
    levels.push(status);
    if (status.state === "held" && held === level.level - 1) held = level.level;
    if (status.state !== "open" && reached === level.level - 1) reached = level.level;
  }
  return { ladder: ladder.name, level: held, reached, commit, levels };
}

function levelStatus(input: StatusInput, level: Level, lowerHeld: boolean): LevelStatus {
  const recorded = input.recorded(levelInstance(input.ladder.name, level.level));
  const criteria = level.criteria.map((one) => criterionStatus(input, one, level.level));
  const triggers = level.triggers.map((one) => criterionStatus(input, one, level.level));
  const all = [...criteria, ...triggers];
  const isRaised = recorded?.configuration.includes("HELD") === true;
  const isGreen = all.every(({ state }) => state === "pass");
  const wasReached = isRaised || recorded?.configuration.includes("REGRESSED") === true;
  // A level that the file now says otherwise than it was when it was raised is not held: what was agreed was another one.
  const isSame =
    text(recorded, "definition") === input.hashOf(levelDefinition(level, input.definitionOf));
  const held =
    isRaised &&
    isSame &&
    isGreen &&
    text(recorded, "commit") === input.commit &&
    input.at < number(recorded, "until");
  const state = held ? "held" : wasReached ? "regressed" : "open";
  const incident = state === "regressed" ? incidentOf(recorded, all, input.at) : null;
  const lacking = held
    ? []
    : lackingOf(level, {
        spoilt: input.spoilt,
        criteria,
        triggers,
        recorded,
        lowerHeld,
        commit: input.commit,
        wasReached,
      });
  return {
    level: level.level,
    name: level.name,
    rule: level.rule,
    state,
    criteria,
    triggers,
    incident,
    lacking,
  };
}

/** The recorded one, or the first criterion that is not what it was when the level was raised. */
function incidentOf(
  recorded: Recorded | undefined,
  all: readonly CriterionStatus[],
  at: number,
): LevelStatus["incident"] {
  const written = recorded?.context["incident"];
  if (recorded?.configuration.includes("REGRESSED") === true && isObject(written)) {
    const { criterion, cause, commit, evidence, at: when } = written;
    return {
      criterion: String(criterion ?? "").replace(/^.*?--/, ""),
      cause: String(cause ?? ""),
      commit: String(commit ?? ""),
      evidence: String(evidence ?? ""),
      at: typeof when === "number" ? when : 0,
    };
  }
  const bad = all.find(({ state }) => state !== "pass");
  if (bad === undefined) return null;
  const { id, cause, commit, evidence } = bad;
  return { criterion: id, cause, commit, evidence, at };
}

function lackingOf(
  level: Level,
  now: {
    readonly criteria: readonly CriterionStatus[];
    readonly triggers: readonly CriterionStatus[];
    readonly recorded: Recorded | undefined;
    readonly lowerHeld: boolean;
    readonly commit: string;
    readonly wasReached: boolean;
    readonly spoilt: ReadonlySet<string>;
  },
): readonly string[] {
  const lacking: string[] = [];
  const red = now.criteria
    .filter(({ state }) => state === "fail" || state === "not-run")
    .map(({ id }) => id);
  const stale = now.criteria.filter(({ state }) => state === "stale").map(({ id }) => id);
  if (red.length > 0) lacking.push(`criteria green: ${red.join(", ")}`);
  if (stale.length > 0) lacking.push(`run by ci on this commit: ${stale.join(", ")}`);
  if (level.needsVerification && !now.wasReached) {
    const attachments = now.recorded?.context["attachments"];
    if (text(now.recorded, "verifiedCommit") !== now.commit)
      lacking.push("manual verification with attachments, by a person, on this commit");
    else if (Array.isArray(attachments) && attachments.some((one) => now.spoilt.has(String(one))))
      lacking.push("manual verification: evidence_edited: an attachment is not what was signed");
  }
  const unarmed = now.triggers.filter(({ state }) => state !== "pass").map(({ id }) => id);
  if (unarmed.length > 0) lacking.push(`triggers armed: ${unarmed.join(", ")}`);
  const votes = now.recorded?.context["votes"];
  const count =
    text(now.recorded, "votesCommit") === now.commit && Array.isArray(votes) ? votes.length : 0;
  if (!now.wasReached && count < level.votesNeeded)
    lacking.push(`consensus: ${count} of ${level.votesNeeded} signed votes for this commit`);
  if (!now.lowerHeld) lacking.push("the level below is not held");
  return lacking;
}

export function criterionStatus(
  input: StatusInput,
  criterion: Criterion,
  level: number,
): CriterionStatus {
  const recorded = input.recorded(criterionInstance(input.ladder.name, criterion.id));
  const common = { id: criterion.id, level, title: criterion.title, kind: criterion.kind };
  const at = number(recorded, "at");
  const rest = {
    ageMs: recorded === undefined || at === 0 ? null : Math.max(0, input.at - at),
    evidence: text(recorded, "evidence"),
    commit: text(recorded, "commit"),
    failures: number(recorded, "failures"),
  };
  const say = (state: CriterionState, cause: string): CriterionStatus => ({
    ...common,
    state,
    cause,
    ...rest,
  });
  if (recorded === undefined || at === 0)
    return say(
      "not-run",
      criterion.check === null && criterion.fires === null
        ? (criterion.blocker ?? "there is no check yet")
        : "has not run yet",
    );
  if (text(recorded, "definition") !== input.hashOf(input.definitionOf(criterion)))
    return say("stale", "the criterion was changed since it ran");
  if (input.spoilt.has(rest.evidence))
    return say(
      "fail",
      `evidence_edited: the stored evidence is not what ${rest.evidence.slice(0, 19)}… names`,
    );
  if (recorded.configuration.includes("FAILING")) return say("fail", text(recorded, "cause"));
  if (recorded.configuration.includes("NOT_RUN"))
    return say("not-run", "the criterion was defined anew and has not run since");
  if (rest.commit !== input.commit)
    return say(
      "stale",
      `evidence of another commit: ${rest.commit.slice(0, 12)}, now ${input.commit.slice(0, 12)}`,
    );
  if (input.at >= number(recorded, "until")) return say("stale", "the evidence is too old");
  return say("pass", "");
}

/** The binding form of `swoosh gates status --json`, and what else is known. */
export function statusJson(status: LadderStatus): JsonObject {
  return {
    ladder: status.ladder,
    level: status.level,
    criteria: status.levels.flatMap((level) => level.criteria.map(criterionJson)),
    triggers: status.levels.flatMap((level) => level.triggers.map(criterionJson)),
    reached: status.reached,
    commit: status.commit,
    levels: status.levels.map(({ level, name, state, lacking, incident }) => ({
      level,
      name,
      state,
      lacking: [...lacking],
      incident: incident === null ? null : { ...incident },
    })),
  };
}

function criterionJson(one: CriterionStatus): JsonObject {
  return {
    id: one.id,
    level: one.level,
    state: one.state,
    age_s: one.ageMs === null ? null : Math.floor(one.ageMs / 1_000),
    cause: one.cause === "" ? null : one.cause,
    kind: one.kind,
    evidence: one.evidence === "" ? null : one.evidence,
    commit: one.commit === "" ? null : one.commit,
    failures: one.failures,
  };
}

function text(recorded: Recorded | undefined, key: string): string {
  const value = recorded?.context[key];
  return typeof value === "string" ? value : "";
}

function number(recorded: Recorded | undefined, key: string): number {
  const value = recorded?.context[key];
  return typeof value === "number" ? value : 0;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
