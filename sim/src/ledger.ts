import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** One stretch of seeds that was played to its end. */
export interface LedgerLine {
  /** Of the sources; `+` behind it: with changes that are in no commit. */
  readonly commit: string;
  /** First seed. */
  readonly from: number;
  readonly seeds: number;
  readonly violations: number;
  readonly records: number;
  readonly simulatedMs: number;
  readonly cpuMs: number;
}

/** What a ledger says in all. */
export interface LedgerSum {
  readonly seeds: number;
  readonly violations: number;
  readonly simulatedYears: number;
  /** First seed that no line covers. */
  readonly next: number;
}

/** Seeds that were played, by commit, in a file to which lines are only added: long runs stop, go on, and add up. */
export class Ledger {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): readonly LedgerLine[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line): LedgerLine => JSON.parse(line));
  }

  add(line: LedgerLine): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  /** Of one commit, or of all. A seed that was played twice under one commit counts once. */
  sum(commit?: string): LedgerSum {
    const lines = this.read().filter((line) => commit === undefined || line.commit === commit);
    const played = new Set<string>();
    let violations = 0;
    let simulatedMs = 0;
    let next = 1;
    for (const line of lines) {
      for (let seed = line.from; seed < line.from + line.seeds; seed += 1)
        played.add(`${line.commit} ${seed}`);
      violations += line.violations;
      simulatedMs += line.simulatedMs;
      next = Math.max(next, line.from + line.seeds);
    }
    return { seeds: played.size, violations, simulatedYears: simulatedMs / YEAR_MS, next };
  }
}

const YEAR_MS = 365.25 * 86_400_000;
