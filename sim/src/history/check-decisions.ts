import {
  canonicalize,
  decisionRecord,
  instanceOf,
  proposerRole,
  type LeafHash,
  type LogRecord,
  type World,
} from "@swoosh/kernel";
import type { Chronicle } from "./chronicle.ts";
import type { Findings } from "./finding.ts";
import type { DecisionOp, History } from "./history.ts";

/** Decision records as the log gives them, of the records that somebody asked about. */
export class Decisions {
  readonly #asked: ReadonlySet<number>;
  readonly #last = new Map<string, LeafHash>();
  readonly #texts = new Map<number, string>();

  constructor({ ops }: History) {
    this.#asked = new Set(ops.flatMap((op) => (op.kind === "decision" ? [op.index] : [])));
  }

  /** `world`: before the record. */
  note(world: World, record: LogRecord, leaf: LeafHash): void {
    const touched = new Set([
      instanceOf(record.proposal),
      ...record.parts.map(({ instance }) => instance),
    ]);
    if (this.#asked.has(record.index)) {
      const derivedFrom = [...touched].flatMap((instance) => this.#last.get(instance) ?? []);
      const role = proposerRole(world, record);
      this.#texts.set(
        record.index,
        canonicalize(decisionRecord(record, leaf, { role, derivedFrom })),
      );
    }
    for (const instance of touched)
      // Charts and the journal itself have no document that a decision could come from.
      if (!/^(?:chart|journal)\//u.test(instance)) this.#last.set(instance, leaf);
  }

  at(index: number): string | undefined {
    return this.#texts.get(index);
  }
}

/**
 * Check 9: whoever asks why a record was accepted is told all of it: every guard with its outcome and reasons, the role, and
 * what it came from; and of no record that was not there yet.
 */
export function checkDecisions(
  history: History,
  decisions: Decisions,
  about: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  for (const op of history.ops) if (op.kind === "decision") checkDecision(op, decisions, about);
}

function checkDecision(
  op: DecisionOp,
  decisions: Decisions,
  { chronicle, findings }: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  const { answer, index } = op;
  if (answer === null) return;
  const { most } = chronicle.windowOf(op);
  findings.expect(
    index < most,
    "records",
    () => `${op.process} was told of decision ${index} when there were ${most} records at most`,
  );
  findings.expect(
    answer === decisions.at(index),
    "records",
    () =>
      `${op.process} was told of decision ${index} as ${answer}; the log gives ${decisions.at(index) ?? "none"}`,
  );
}
