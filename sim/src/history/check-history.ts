import { createTree, leafHash, World, type CompiledChart, type ValueHash } from "@swoosh/kernel";
import { checkDeliveries, madeFrom } from "./check-deliveries.ts";
import { checkDecisions, Decisions } from "./check-decisions.ts";
import { checkReads } from "./check-reads.ts";
import { RefusalCheck } from "./check-refusals.ts";
import { checkSignatures } from "./check-signatures.ts";
import { checkStreams } from "./check-streams.ts";
import { Chronicle } from "./chronicle.ts";
import { Findings, type Finding } from "./finding.ts";
import type { History, ProposeOp } from "./history.ts";
import { InstanceVersions } from "./instance-versions.ts";
import { readHistory, type KnownRecord, type ReadHistory } from "./read-history.ts";
import { keyUse, type Judge, type KeyUse } from "./recompute.ts";

export interface HistoryVerdict {
  readonly findings: readonly Finding[];
  /** What was looked at, so that nobody takes an empty history for a sound one. */
  readonly operations: number;
  readonly records: number;
  /** Answers without a record that were decided again. */
  readonly decided: number;
}

/**
 * Was there one order of everything that clients did, that agrees with what they heard, with when they heard it, and with
 * the log? The log is that order: so the checks go through it once and decide each record, refusal and read again
 * (reliability §5).
 */
export async function checkHistory(judge: Judge, history: History): Promise<HistoryVerdict> {
  const findings = new Findings();
  const { hasher } = judge.kernel;
  const verdict = { operations: history.ops.length, records: history.log.length };
  const read = readHistory(hasher, history);
  if ("unreadable" in read) {
    findings.expect(false, "chain", () => `record ${read.unreadable}: ${read.problem}`);
    return { ...verdict, findings: findings.all, decided: 0 };
  }
  const chronicle = new Chronicle(
    history,
    read.records.map((known) => ({ madeFrom: madeFrom(read, known) })),
  );
  const about = { chronicle, findings };
  const refusals = new RefusalCheck(judge, keyedOps(read), about);
  const sweep = new Sweep(judge, createWorld(judge), {
    refusals,
    decisions: new Decisions(history),
  });
  await sweep.run(read.records, findings);
  // A refusal shows the records that it was decided by.
  chronicle.learn(refusals.shown);
  checkShown(history, about);
  checkDeliveries(judge.kernel, read, about);
  checkStreams(history, chronicle, findings);
  checkReads(history, sweep, about);
  checkDecisions(history, sweep.decisions, about);
  await checkSignatures(judge, read.records, findings);
  return { ...verdict, findings: findings.all, decided: refusals.decided };
}

/** Nothing that an answer shows can have come into being after it was heard, and no answer shows what the log lacks. */
function checkShown(
  history: History,
  { chronicle, findings }: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  for (const op of history.ops) {
    if (op.kind !== "propose" || op.answer?.kind !== "accepted" || op.dryRun) continue;
    const { index, replayed } = op.answer;
    const { least, most } = chronicle.windowOf(op);
    findings.expect(
      index < most,
      "real time",
      () => `${op.process} heard of record ${index} when there were ${most} at most`,
    );
    findings.expect(
      replayed || index >= least,
      "real time",
      () =>
        `${op.process} got record ${index} anew, though ${least} had been shown before it asked`,
    );
  }
}

/** An empty world that compiles charts as records name them. */
export function createWorld({ chart, kernel }: Pick<Judge, "chart" | "kernel">): World {
  const shelf = new Map<ValueHash, CompiledChart | undefined>();
  const world: World = new World((hash) => {
    if (shelf.has(hash)) return shelf.get(hash);
    const text = chart(hash);
    const known = (name: string) => world.chart(name)?.normal;
    const compiled = text === undefined ? undefined : kernel.compileNormal(text, known);
    const found = compiled?.ok === true ? compiled.chart : undefined;
    shelf.set(hash, found);
    return found;
  });
  return world;
}

/** Every proposal with its key; those that cannot be read have none, and are refused at the edge. */
function keyedOps(read: ReadHistory): readonly (readonly [string, ProposeOp])[] {
  const keys = new Map<ProposeOp, string>();
  for (const [key, all] of read.deliveries) for (const { op } of all) keys.set(op, key);
  return read.history.ops.flatMap((op) =>
    op.kind === "propose" ? [[keys.get(op) ?? "", op] as const] : [],
  );
}

/** One pass over the log: each record decided again (checks 1 and 9), and what could be read at each size. */
class Sweep {
  readonly versions = new InstanceVersions();
  readonly roots: string[] = [];
  readonly leaves: ReturnType<typeof leafHash>[] = [];
  readonly decisions: Decisions;
  readonly #judge: Judge;
  readonly #world: World;
  readonly #refusals: RefusalCheck;
  readonly #keys = new Map<string, KeyUse>();

  constructor(
    judge: Judge,
    world: World,
    along: { readonly refusals: RefusalCheck; readonly decisions: Decisions },
  ) {
    this.#judge = judge;
    this.#world = world;
    this.#refusals = along.refusals;
    this.decisions = along.decisions;
  }

  async run(records: readonly KnownRecord[], findings: Findings): Promise<void> {
    const tree = createTree(this.#judge.kernel.hasher);
    this.roots.push(tree.root());
    for (const known of records) {
      await this.#refusals.look(this.#world, this.#keys);
      if (!this.#take(known, findings)) break;
      const leaf = leafHash(this.#judge.kernel.hasher, known.text);
      tree.append(leaf);
      this.leaves.push(leaf);
      this.roots.push(tree.root());
    }
    await this.#refusals.look(this.#world, this.#keys);
    this.#refusals.end();
  }

  /** False: the rest of the log hangs in the air. */
  #take({ index, record, text }: KnownRecord, findings: Findings): boolean {
    const replayed = this.#judge.kernel.replay(this.#world, text);
    if (!replayed.ok) {
      const { expected, field, found } = replayed;
      findings.expect(
        false,
        "chain",
        () => `record ${index}: ${field} is ${found}, not ${expected}`,
      );
      return false;
    }
    const { accepted } = replayed;
    this.decisions.note(this.#world, record, accepted.leaf);
    this.#world.apply(accepted);
    for (const { document, hash } of accepted.heads)
      this.versions.note(document.meta.instance, { index, hash });
    this.#keys.set(record.proposal.idem_key, keyUse(this.#judge.kernel, index, record.proposal));
    return true;
  }
}
