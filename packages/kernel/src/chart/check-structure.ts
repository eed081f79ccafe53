import { areOrthogonal, isBelow, nodeAt, transitionDomain } from "./domain.ts";
import type { NormalCandidate, NormalChart } from "./normal-chart.ts";
import type { Path } from "./problem-list.ts";
import { originOf, type Reading } from "./reading.ts";
import { tableOf, type StateRow, type StateTable } from "./state-table.ts";

/** One candidate in its place. `event` null: eventless; `done` where it is `onDone`. */
interface Placed {
  readonly candidate: NormalCandidate;
  readonly source: StateRow;
  readonly event: string | null;
  readonly targets: readonly number[];
  /** The state below which everything is left; −1: targetless. */
  readonly domain: number;
  readonly path: Path;
}

interface BelowRule {
  readonly code: string;
  readonly path: Path;
  readonly what: string;
}

/** What the tree of states forbids: targets that cannot be active together, regions crossed, sticky states left. */
export function checkStructure(reading: Reading, normal: NormalChart): void {
  const table = tableOf(normal);
  const check = new StructureCheck(reading, table);
  for (const row of table.rows) check.checkState(row);
}

class StructureCheck {
  readonly #reading: Reading;
  readonly #table: StateTable;
  readonly #sticky: readonly StateRow[];

  constructor(reading: Reading, table: StateTable) {
    this.#reading = reading;
    this.#table = table;
    this.#sticky = table.rows.filter((row) => row.normal.sticky !== null);
  }

  checkState(row: StateRow): void {
    const { normal } = row;
    const path = originOf(this.#reading, normal);
    this.#checkBelow(row, normal.initial, {
      code: "illegal_initial",
      path: [...path, "initial"],
      what: "initial",
    });
    if (normal.type === "history") this.#checkHistory(row, path);
    this.#checkFinal(row, path);
    this.#checkFailure(row, path);
    for (const [event, candidates] of Object.entries(normal.on)) {
      for (const candidate of candidates) this.#checkCandidate(row, candidate, event);
    }
    for (const candidate of [...normal.always, ...normal.onDone]) {
      this.#checkCandidate(row, candidate, null);
    }
  }

  #indexes(paths: readonly string[]): readonly number[] {
    return paths.flatMap((path) => this.#table.byPath.get(path)?.index ?? []);
  }

  /** Targets that lie below a state and can be active together. */
  #checkBelow(row: StateRow, targets: readonly string[], rule: BelowRule): void {
    for (const target of this.#indexes(targets)) {
      if (isBelow(this.#table.rows, target, row.index)) continue;
      const message = `${rule.what} of ${nameOf(row)} must be below it; ${this.#pathOf(target)} is not`;
      this.#reading.problems.error(rule.code, rule.path, message);
    }
    this.#checkTogether(targets, rule.path);
  }

  #checkTogether(targets: readonly string[], path: Path): void {
    const indexes = this.#indexes(targets);
    for (const [place, one] of indexes.entries()) {
      for (const other of indexes.slice(place + 1)) {
        if (areOrthogonal(this.#table.rows, one, other)) continue;
        const message = `${this.#pathOf(one)} and ${this.#pathOf(other)} can never be active together: several targets lie in different children of a parallel state`;
        this.#reading.problems.error("illegal_targets", path, message);
      }
    }
  }

  #checkHistory(row: StateRow, path: Path): void {
    const parent = nodeAt(this.#table.rows, row.parent);
    const { target } = row.normal;
    this.#checkBelow(parent, target, {
      code: "illegal_history",
      path: [...path, "target"],
      what: "the default of a history",
    });
    for (const index of this.#indexes(target)) {
      const state = nodeAt(this.#table.rows, index);
      if (state.normal.type === "history") {
        const message = `the default of a history is a state, not the history ${state.path}`;
        this.#reading.problems.error("illegal_history", [...path, "target"], message);
      }
    }
  }

  /** SCXML 3.4: what is in a parallel state is never final by itself, or the parallel could not be done. */
  #checkFinal(row: StateRow, path: Path): void {
    if (row.kind !== "final" || this.#table.rows[row.parent]?.kind !== "parallel") return;
    const message = `${row.path} is final, but its parent is parallel: put it inside a region of that parent`;
    this.#reading.problems.error("not_allowed", [...path, "type"], message);
  }

  #checkFailure(row: StateRow, path: Path): void {
    const { onFailure } = row.normal;
    if (onFailure === null) return;
    const where = [...path, "onFailure"];
    const region = this.#table.regions[row.region];
    if (region?.state !== row.index) {
      const message = `${row.path} is not a region, so it cannot have "onFailure"`;
      this.#reading.problems.error("not_allowed", where, message, "key");
    }
    if (row.kind !== "compound") {
      const message = `${row.path === "" ? "the root" : row.path} is ${row.kind}; only a region with one active child can have "onFailure"`;
      this.#reading.problems.error("not_allowed", where, message, "key");
    }
    for (const target of this.#indexes([onFailure])) {
      if (!isBelow(this.#table.rows, target, row.index)) {
        const message = `onFailure leads inside its own region; ${this.#pathOf(target)} is not below ${row.path}`;
        this.#reading.problems.error("cross_region", where, message);
      }
    }
    for (const sticky of this.#sticky) {
      if (!isBelow(this.#table.rows, sticky.index, row.index)) continue;
      const message = `onFailure would leave the sticky state ${sticky.path}, which only ${leavers(sticky)} may leave`;
      this.#reading.problems.error("sticky_left", where, message);
    }
  }

  #checkCandidate(source: StateRow, candidate: NormalCandidate, event: string | null): void {
    const targets = this.#indexes(candidate.target ?? []);
    const path = originOf(this.#reading, candidate);
    if (targets.includes(0)) {
      const message = "the root is always active; it cannot be a target";
      this.#reading.problems.error("illegal_targets", [...path, "target"], message);
      return;
    }
    this.#checkTogether(candidate.target ?? [], [...path, "target"]);
    const shape = { source: source.index, targets, internal: candidate.internal };
    const domain = transitionDomain(this.#table.rows, shape);
    const placed: Placed = { candidate, source, event, targets, domain, path };
    this.#checkInternal(placed);
    if (!this.#staysInRegion(placed)) return;
    for (const sticky of this.#sticky) this.#checkSticky(placed, sticky);
  }

  /** `internal` that SCXML would silently take for external says something that is not so. */
  #checkInternal({ candidate, source, domain, path }: Placed): void {
    if (!candidate.internal || domain < 0 || domain === source.index) return;
    const message = `internal has no effect here: it needs a compound source (${source.path} is ${source.kind}) and targets below it`;
    this.#reading.problems.error("internal_without_effect", [...path, "internal"], message, "key");
  }

  #staysInRegion(placed: Placed): boolean {
    const message = this.#crossing(placed);
    if (message === undefined) return true;
    this.#reading.problems.error("cross_region", [...placed.path, "target"], message);
    return false;
  }

  /** Why a transition reaches outside of its region, or undefined. */
  #crossing({ source, targets, domain }: Placed): string | undefined {
    if (domain < 0) return undefined;
    const { rows, regions } = this.#table;
    const top = nodeAt(rows, domain);
    const region = regions[source.region];
    if (region === undefined) {
      if (top.kind !== "parallel") return undefined;
      return `${nameOf(source)} is in no region, and this would leave ${nameOf(top)} with all its regions; let each region handle the event`;
    }
    if (domain === region.state || isBelow(rows, domain, region.state)) return undefined;
    const outside = targets.find((target) => !isBelow(rows, target, region.state));
    return outside === undefined
      ? `this leaves ${nameOf(top)} as a whole, which is more than its region ${region.name}: say "internal: true"`
      : `${this.#pathOf(outside)} is outside of region ${region.name}; let the other region handle the event itself`;
  }

  #checkSticky({ source, event, domain, path }: Placed, sticky: StateRow): void {
    const { rows } = this.#table;
    if (domain < 0 || !isBelow(rows, sticky.index, domain)) return;
    if (event !== null && sticky.normal.sticky?.leaveBy.includes(event) === true) return;
    const together =
      source.index === sticky.index ||
      isBelow(rows, source.index, sticky.index) ||
      isBelow(rows, sticky.index, source.index) ||
      areOrthogonal(rows, source.index, sticky.index);
    if (!together) return;
    const what = event ?? "a transition without event";
    const message = `${what} would leave the sticky state ${sticky.path}, which only ${leavers(sticky)} may leave`;
    this.#reading.problems.error("sticky_left", path, message);
  }

  #pathOf(index: number): string {
    return nodeAt(this.#table.rows, index).path;
  }
}

function nameOf(row: StateRow): string {
  return row.path === "" ? "the root" : row.path;
}

function leavers(sticky: StateRow): string {
  const names = sticky.normal.sticky?.leaveBy ?? [];
  return names.length === 0 ? "nothing" : names.join(", ");
}
