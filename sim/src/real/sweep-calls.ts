import { sweepLives, type Life, type LifeReport, type Prepared } from "./kill-sweep.ts";
import { failAt, killAt, killAtCuts, type FaultCall, type Tracing } from "./strace.ts";

export type Threads = Tracing["threads"];

/** Which calls are met by a fault, one life for each. */
export interface Aim {
  readonly call: FaultCall;
  readonly threads: Threads;
  readonly how: "killed" | "EIO";
  /** Every so many of them. */
  readonly step: number;
}

/** Lives on one folder, before its history is checked. */
const LIVES = 20;
/** After the last fault, for it must be lived through like the others. */
const CLEAN: Life = { transitions: 10 };
/** So many lives that meet no fault say that there are no more such calls. */
const WHOLE_LIVES = 2;

/** To the fault, or through all transitions to its clean end. */
export function lifeWith(
  { call, how, threads }: Omit<Aim, "step">,
  nth: number,
  transitions: number,
): Life {
  const inject =
    how === "killed" ? [killAt(call, nth)] : [failAt(call, "EIO", nth), ...killAtCuts()];
  return { transitions, fault: { inject, threads, call, nth } };
}

export interface CallsReport {
  readonly lives: readonly LifeReport[];
  /** Everything that was found wrong, and at which calls. */
  readonly findings: readonly string[];
  /** Pieces of evidence that were acknowledged. */
  readonly kept: number;
}

/** How each life ended: by its signal, or with its exit code. */
export const endOf = ({ code, signal }: LifeReport): string | number | null => signal ?? code;

/**
 * Meets the first such call, and in the next life the next one, to the end: until lives in a row met none. `tell` hears how far it
 * is, for whoever watches a run of hours.
 */
export async function sweepCalls(
  prepared: Prepared,
  aim: Aim,
  about: { readonly transitions: number; readonly tell: (line: string) => void },
): Promise<CallsReport> {
  const { call, how, step, threads } = aim;
  const name = `${prepared.journalKind}, ${how}, ${call} of ${threads}`;
  const lives: LifeReport[] = [];
  const findings: string[] = [];
  const begun = performance.now();
  let kept = 0;
  for (let nth = 1; !metNone(lives);) {
    const planned = Array.from({ length: LIVES }, (_, place) =>
      lifeWith(aim, nth + place * step, about.transitions),
    );
    const report = await sweepLives(prepared, [...planned, CLEAN], metNone);
    const faulty = report.lives.filter(({ life }) => life.fault !== undefined);
    lives.push(...report.lives);
    kept += report.evidence.kept;
    const last = nth + (faulty.length - 1) * step;
    for (const found of [
      ...report.verdict.findings.map((finding) => JSON.stringify(finding)),
      ...report.evidence.findings,
    ])
      findings.push(`${name} ${nth} to ${last}: ${found}`);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    about.tell(
      `${name} ${nth} to ${last}: ${lives.length} lives, ${seconds} s; ${findings.length} findings; ${countsOf(faulty)}`,
    );
    nth = last + step;
  }
  return { lives, findings, kept };
}

/** Did the last lives with a fault meet none, and end well? */
function metNone(lives: readonly LifeReport[]): boolean {
  const last = lives.filter(({ life }) => life.fault !== undefined).slice(-WHOLE_LIVES);
  return (
    last.length === WHOLE_LIVES &&
    last.every((life) => endOf(life) === 0 && life.struck === undefined)
  );
}

/** In which threads, and at which files, as far as names say. */
function countsOf(lives: readonly LifeReport[]): string {
  const counts = new Map<string, number>();
  for (const life of lives) {
    const { struck } = life;
    const where =
      struck === undefined ? "none" : `${struck.thread ?? "pool"} ${kindOf(struck.path ?? "")}`;
    const what = `${endOf(life)} at ${where}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} × ${what}`).join(", ");
}

/** Numbers and hashes of files left out. */
function kindOf(path: string): string {
  const [, inside = path] = path.split("/data/");
  return inside.replaceAll(/sha256-[0-9a-f]+|[0-9a-f]{2}(?=\/|$)|\d+/gu, "N") || "no file";
}
