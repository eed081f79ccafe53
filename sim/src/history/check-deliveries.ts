import { DEFAULT_INSTANCE, leafHash, operationHash, type Kernel } from "@swoosh/kernel";
import type { Chronicle } from "./chronicle.ts";
import type { Findings } from "./finding.ts";
import { OPEN_CODES, type Moment, type ProposeOp } from "./history.ts";
import { isDeliveryOf, type Delivery, type KnownRecord, type ReadHistory } from "./read-history.ts";

/**
 * Exactly once, durability, real time, unknowns (reliability §5, checks 2, 5, 6, 7): each key has one record at most, every
 * answer is that record's own bytes, no record is older than its first delivery or younger than what was shown before, and
 * none came from nowhere.
 */
export function checkDeliveries(
  kernel: Kernel,
  read: ReadHistory,
  about: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  const { chronicle, findings } = about;
  const byKey = new Map<string, KnownRecord>();
  for (const known of read.records) {
    if (known.key === null) continue;
    const { index, key } = known;
    const before = byKey.get(key);
    findings.expect(
      before === undefined,
      "exactly once",
      () => `records ${before?.index ?? 0} and ${index} have one key, ${key}`,
    );
    byKey.set(key, known);
    checkOrigin(known, { read, chronicle, findings });
  }
  for (const [key, deliveries] of read.deliveries)
    checkKey(kernel, { key, deliveries, known: byKey.get(key), findings });
}

/** The record was sent by somebody, who was not told that it is refused, and not before it was sent. */
function checkOrigin(
  known: KnownRecord,
  about: {
    readonly read: ReadHistory;
    readonly chronicle: Chronicle;
    readonly findings: Findings;
  },
): void {
  const { chronicle, findings, read } = about;
  const { index, key } = known;
  const all = read.deliveries.get(key ?? "") ?? [];
  const same = all.filter((delivery) => isDeliveryOf(delivery, known));
  findings.expect(
    same.length > 0,
    "durability",
    () => `record ${index} with key ${key} was proposed by nobody`,
  );
  findings.expect(
    same.length === 0 || same.some(({ op }) => mayHaveRecorded(op)),
    "unknowns",
    () => `record ${index} with key ${key} is there, but each delivery of it was refused`,
  );
  const shown = chronicle.shownBefore(madeFrom(read, known));
  findings.expect(
    same.length === 0 || index >= shown,
    "real time",
    () => `record ${index} was sent after record ${shown - 1} had been shown`,
  );
}

/** When the first was sent that can have made the record: 0 for the engine's own, and for what nobody can have made. */
export function madeFrom(read: ReadHistory, known: KnownRecord): Moment {
  const all = read.deliveries.get(known.key ?? "") ?? [];
  const makers = all.filter(
    (delivery) => mayHaveRecorded(delivery.op) && isDeliveryOf(delivery, known),
  );
  // Whoever was told so made it, and nobody else.
  const told = makers.filter(({ op }) => op.answer?.kind === "accepted");
  const asked = told.length > 0 ? told : makers;
  const first = asked.reduce((least, { op }) => Math.min(least, op.invoked), Infinity);
  return first === Infinity ? 0 : first;
}

/** Unknown, accepted as the first, or left open by a fence. */
function mayHaveRecorded({ answer }: ProposeOp): boolean {
  if (answer === null) return true;
  return answer.kind === "accepted" ? !answer.replayed : OPEN_CODES.has(answer.code);
}

function checkKey(
  kernel: Kernel,
  about: {
    readonly key: string;
    readonly deliveries: readonly Delivery[];
    readonly known: KnownRecord | undefined;
    readonly findings: Findings;
  },
): void {
  const { deliveries, findings, key, known } = about;
  let firsts = 0;
  for (const { op, body } of deliveries) {
    const { answer } = op;
    if (answer?.kind !== "accepted") continue;
    if (!answer.replayed) firsts += 1;
    const name = `${op.process} was answered ${answer.index} for key ${key}`;
    findings.expect(known !== undefined, "durability", () => `${name}, but no record has it`);
    if (known === undefined) continue;
    findings.expect(
      known.index === answer.index,
      "exactly once",
      () => `${name}, which is record ${known.index}`,
    );
    const operation = operationHash(kernel.hasher, {
      instance: String(body["instance"] ?? DEFAULT_INSTANCE),
      transition: String(body["transition"]),
      inputsHash: String(body["inputs_hash"]),
      signer: String(body["signer"]),
    });
    findings.expect(
      operation === known.operation,
      "exactly once",
      () => `${name}, which is another operation than it asked for`,
    );
    findings.expect(
      answer.replayed || isDeliveryOf({ op, body }, known),
      "exactly once",
      () => `${name} as the first, but the record holds another delivery`,
    );
    const text = kernel.answer(known.record, leafHash(kernel.hasher, known.text));
    findings.expect(
      answer.text === text,
      "exactly once",
      () => `${name} with bytes that its record does not give`,
    );
  }
  findings.expect(firsts < 2, "exactly once", () => `${firsts} deliveries of ${key} are the first`);
}
