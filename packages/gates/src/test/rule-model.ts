/**
 * The single rule, told a second time and in another way than the charts tell it: a plain history of what was signed,
 * and questions to it. The property test holds the charts against this.
 */
export type Event =
  | { readonly kind: "defined"; readonly criterion: string; readonly definition: string }
  | {
      readonly kind: "passed";
      readonly criterion: string;
      readonly commit: string;
      readonly definition: string;
      readonly at: number;
      readonly evidence: string;
    }
  | {
      readonly kind: "failed";
      readonly criterion: string;
      readonly severity: string;
      readonly evidence: string;
    }
  | { readonly kind: "level-defined"; readonly level: number; readonly definition: string }
  | {
      readonly kind: "raised";
      readonly level: number;
      readonly commit: string;
      readonly at: number;
      readonly until: number;
    }
  | {
      readonly kind: "verified";
      readonly level: number;
      readonly commit: string;
      readonly attachment: string;
    }
  | { readonly kind: "voted"; readonly level: number; readonly commit: string; readonly by: string }
  | {
      readonly kind: "approved";
      readonly stage: string;
      readonly commit: string;
      readonly by: string;
    }
  | { readonly kind: "stage"; readonly stage: string; readonly commit: string };

export interface LevelShape {
  readonly criteria: readonly string[];
  readonly triggers: readonly string[];
  readonly needsVerification: boolean;
  readonly votesNeeded: number;
}

export const FRESH_MS = 60_000;

export class RuleModel {
  readonly history: Event[] = [];
  readonly #levels: readonly LevelShape[];

  constructor(levels: readonly LevelShape[]) {
    this.#levels = levels;
  }

  /** The last thing that was said about a criterion is a pass of this commit, under its present definition, and fresh. */
  green(criterion: string, commit: string, at: number): boolean {
    const last = this.history.findLast(
      (event) =>
        (event.kind === "passed" || event.kind === "failed" || event.kind === "defined") &&
        event.criterion === criterion,
    );
    return last?.kind === "passed" && last.commit === commit && at < last.at + FRESH_MS;
  }

  /** Held: raised, and since then nothing has failed, gone stale or been defined anew; every other commit counts as well. */
  held(level: number, at: number): string | undefined {
    const index = this.history.findLastIndex(
      (event) => event.kind === "raised" && event.level === level,
    );
    const raised = this.history[index];
    if (raised?.kind !== "raised") return undefined;
    const since = this.history.slice(index);
    const shape = this.#levels[level];
    if (shape === undefined) return undefined;
    const own = [...shape.criteria, ...shape.triggers];
    const broken = since.some(
      (event) =>
        ((event.kind === "failed" || event.kind === "defined") && own.includes(event.criterion)) ||
        (event.kind === "level-defined" && event.level === level),
    );
    if (broken) return undefined;
    // A pass, of whichever commit, keeps a criterion from going stale; a gap of FRESH_MS between two lets it fall.
    const stale = own.some((criterion) => this.#gap(criterion, raised.at, at));
    return stale ? undefined : raised.commit;
  }

  /** Some moment between `from` and `to` at which the newest pass of the criterion was too old. */
  #gap(criterion: string, from: number, to: number): boolean {
    const passes = this.history.flatMap((event) =>
      event.kind === "passed" && event.criterion === criterion ? [event.at] : [],
    );
    const before = passes.filter((at) => at <= from).at(-1);
    if (before === undefined) return true;
    let covered = before + FRESH_MS;
    for (const at of passes.filter((one) => one > from)) {
      if (at >= covered) return true;
      covered = at + FRESH_MS;
    }
    return to >= covered;
  }

  /** Reached since it was last defined: then the machine alone may take it up again. */
  #reached(level: number): boolean {
    const last = this.history.findLast(
      (event) =>
        (event.kind === "level-defined" || event.kind === "raised") && event.level === level,
    );
    return last?.kind === "raised";
  }

  /** When what the level rests on begins to be too old: its own passes, and the time that each lower level was raised for. */
  untilOf(level: number): number {
    const shape = this.#levels[level];
    const passes = [...(shape?.criteria ?? []), ...(shape?.triggers ?? [])].map((criterion) => {
      const last = this.history.findLast(
        (event) => event.kind === "passed" && event.criterion === criterion,
      );
      return last?.kind === "passed" ? last.at + FRESH_MS : 0;
    });
    const lower = Array.from({ length: level }, (_, below) => this.raisedUntil(below));
    return Math.min(...passes, ...lower);
  }

  /** The time that the last raise of the level was for; 0: none. */
  raisedUntil(level: number): number {
    const raised = this.history.findLast(
      (event) => event.kind === "raised" && event.level === level,
    );
    return raised?.kind === "raised" ? raised.until : 0;
  }

  /** Lower levels that nothing has taken down, for that commit, but whose time is over. */
  outlived(level: number, commit: string, at: number): boolean {
    const lower = Array.from({ length: level }, (_, below) => below);
    return (
      lower.every((below) => this.held(below, at) === commit) &&
      lower.some((below) => at >= this.raisedUntil(below))
    );
  }

  /** Nothing of what is stored was edited: of the last verdicts of this level and all lower ones, and of what a person attached for it. */
  sound(level: number, spoilt: ReadonlySet<string>): boolean {
    const own = this.#levels
      .slice(0, level + 1)
      .flatMap((shape) => [...shape.criteria, ...shape.triggers]);
    const kept = own.map((criterion) => this.evidenceOf(criterion));
    const verified = this.history.findLast(
      (event) => event.kind === "verified" && event.level === level,
    );
    const needs = this.#levels[level]?.needsVerification === true && !this.#reached(level);
    const attached = needs && verified?.kind === "verified" ? [verified.attachment] : [];
    return ![...kept, ...attached].some((evidence) => spoilt.has(evidence));
  }

  /** Of the last verdict; "" where there is none. */
  evidenceOf(criterion: string): string {
    const last = this.history.findLast(
      (event) =>
        (event.kind === "passed" || event.kind === "failed") && event.criterion === criterion,
    );
    return last?.kind === "passed" || last?.kind === "failed" ? last.evidence : "";
  }

  /** Where the ladder stands for a commit: raised, fresh, whole, from below. */
  standing(commit: string, at: number, spoilt: ReadonlySet<string>): number {
    const fallen = this.#levels.findIndex(({ criteria, triggers }, level) => {
      const own = [...criteria, ...triggers];
      const isGreen = own.every((criterion) => this.green(criterion, commit, at));
      const isWhole = own.every((criterion) => !spoilt.has(this.evidenceOf(criterion)));
      const isHeld = this.held(level, at) === commit && at < this.raisedUntil(level);
      return !(isGreen && isWhole && isHeld);
    });
    return (fallen < 0 ? this.#levels.length : fallen) - 1;
  }

  mayRaise(level: number, commit: string, at: number): boolean {
    const shape = this.#levels[level];
    if (shape === undefined) return false;
    const defined = this.history.findLastIndex(
      (event) => event.kind === "level-defined" && event.level === level,
    );
    if (defined < 0) return false;
    const all = [...shape.criteria, ...shape.triggers];
    if (!all.every((criterion) => this.green(criterion, commit, at))) return false;
    for (let lower = 0; lower < level; lower += 1) {
      if (this.held(lower, at) !== commit || at >= this.raisedUntil(lower)) return false;
      // Whatever is said of a lower criterion for that commit must be a pass: a level that is held for it had them all.
    }
    if (this.#reached(level)) return true;
    const since = this.history.slice(defined);
    const verified = since.findLast((event) => event.kind === "verified" && event.level === level);
    if (shape.needsVerification && (verified?.kind !== "verified" || verified.commit !== commit))
      return false;
    return this.#votes(since, level, commit) >= shape.votesNeeded;
  }

  /** Votes count while they are for one commit; one for another commit begins anew. */
  #votes(since: readonly Event[], level: number, commit: string): number {
    let current = "";
    let voters = new Set<string>();
    for (const event of since) {
      if (event.kind !== "voted" || event.level !== level) continue;
      if (event.commit !== current) [current, voters] = [event.commit, new Set()];
      voters.add(event.by);
    }
    return current === commit ? voters.size : 0;
  }

  /** People who signed the present plan, or this commit off, since the stage was entered. */
  signers(stage: "plan" | "review", commit: string): number {
    const entered = this.history.findLastIndex(
      (event) => event.kind === "stage" && event.stage === (stage === "plan" ? "PLAN" : "REVIEW"),
    );
    let current = "";
    let signers = new Set<string>();
    for (const event of this.history.slice(entered + 1)) {
      if (event.kind !== "approved" || event.stage !== stage) continue;
      if (stage === "review" && event.commit !== current)
        [current, signers] = [event.commit, new Set()];
      signers.add(event.by);
    }
    return stage === "plan" || current === commit ? signers.size : 0;
  }
}
