import { canonicalize, type Verdict, type World } from "@swoosh/kernel";
import type { Chronicle, Shown } from "./chronicle.ts";
import type { Findings } from "./finding.ts";
import { WORLDLY_CODES, type Moment, type ProposeAnswer, type ProposeOp } from "./history.ts";
import { recompute, type Judge, type KeyUse } from "./recompute.ts";

/** An answer that left no record, and for which some world of its window must give the reason. */
interface Open {
  readonly op: ProposeOp;
  readonly answer: ProposeAnswer;
  readonly key: string;
  readonly least: number;
  readonly most: number;
  readonly returned: Moment;
  isSettled: boolean;
}

/** Codes whose words say what the clock read. */
const CLOCK_CODES: ReadonlySet<string> = new Set(["clock_ahead", "clock_behind"]);
/** Codes whose words are the engine's, not reduce's. */
const WORDLESS_CODES: ReadonlySet<string> = new Set(["bad_signature"]);

/**
 * Check 4: every no, and every yes of a dry run, was true at some moment while it was being given: that verdict, that guard,
 * those reasons, decided again. Goes through the log once, beside `World.apply`.
 *
 * One that was asked after another had been answered is not looked at before that one holds: so each holds at the least size
 * that it can, and together they never go back.
 */
export class RefusalCheck {
  readonly #judge: Judge;
  readonly #findings: Findings;
  /** By the least size, so that the sweep takes them from the end. */
  readonly #waiting: Open[];
  /** By when they were asked. */
  #open: Open[] = [];
  /** By when they were answered, the first last; settled ones are taken away when they are the first. */
  readonly #unsettled: Open[];
  decided = 0;
  /** How many records the answers showed that were true: the fewest by which each can have been given. */
  readonly shown: Shown[] = [];

  constructor(
    judge: Judge,
    ops: readonly (readonly [key: string, op: ProposeOp])[],
    about: { readonly chronicle: Chronicle; readonly findings: Findings },
  ) {
    this.#judge = judge;
    this.#findings = about.findings;
    const open: Open[] = [];
    for (const [key, op] of ops) {
      const { answer, returned } = op;
      if (answer === null || returned === null || !leavesNoRecord(op)) continue;
      const { least, most } = about.chronicle.windowOf(op);
      open.push({ op, answer, key, least, most, returned, isSettled: false });
    }
    this.#waiting = open.toSorted((one, other) => other.least - one.least);
    this.#unsettled = open.toSorted((one, other) => other.returned - one.returned);
  }

  /** The world as it is with so many records. */
  async look(world: World, keys: ReadonlyMap<string, KeyUse>): Promise<void> {
    const { size } = world.end;
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (next.least > size) break;
      this.#waiting.pop();
      this.#open.push(next);
    }
    this.#open.sort((one, other) => one.op.invoked - other.op.invoked);
    const left: Open[] = [];
    for (const open of this.#open) {
      const isNext = open.op.invoked <= this.#firstEnd();
      if (isNext && (await this.#isTrue(open, world, keys.get(open.key)))) {
        this.decided += 1;
        this.shown.push([open.returned, size]);
      } else if (open.most > size) {
        left.push(open);
        continue;
      } else this.#blame(open);
      open.isSettled = true;
    }
    this.#open = left;
  }

  /** When the first was answered of those that are not settled. */
  #firstEnd(): Moment {
    while (this.#unsettled.at(-1)?.isSettled === true) this.#unsettled.pop();
    return this.#unsettled.at(-1)?.returned ?? Infinity;
  }

  /** After the last record. */
  end(): void {
    for (const open of [...this.#open, ...this.#waiting]) this.#blame(open);
  }

  async #isTrue(open: Open, world: World, seen: KeyUse | undefined): Promise<boolean> {
    for (const now of open.op.clock) {
      const verdict = await recompute(this.#judge, world, { op: open.op, now, seen });
      if (this.#isSame(open.answer, verdict)) return true;
    }
    return false;
  }

  #isSame(answer: ProposeAnswer, verdict: Verdict): boolean {
    if (answer.kind === "accepted")
      return (
        verdict.kind === "accepted" &&
        this.#judge.kernel.answer(verdict.record, verdict.leaf) === answer.text
      );
    if (verdict.kind !== "refused" || verdict.code !== answer.code) return false;
    if (verdict.guard !== answer.guard) return false;
    if (CLOCK_CODES.has(answer.code) || WORDLESS_CODES.has(answer.code)) return true;
    return (
      canonicalize([...verdict.reasons]) === canonicalize([...answer.reasons]) &&
      canonicalize(verdict.outcomes.map(({ ok, guard, reasons }) => ({ ok, guard, reasons }))) ===
        canonicalize(answer.outcomes.map(({ ok, guard, reasons }) => ({ ok, guard, reasons })))
    );
  }

  #blame({ answer, least, most, op }: Open): void {
    const said =
      answer.kind === "accepted"
        ? `a dry run as record ${answer.index}`
        : `${answer.code}${answer.guard === null ? "" : ` by ${answer.guard}`}: ${answer.reasons.join("; ")}`;
    this.#findings.expect(
      false,
      "refusals",
      () =>
        `${op.process} was answered ${said}, which no world of ${least} to ${most} records gives`,
    );
  }
}

function leavesNoRecord({ answer, dryRun }: ProposeOp): boolean {
  if (answer === null) return false;
  return answer.kind === "accepted" ? dryRun : !WORLDLY_CODES.has(answer.code);
}
