import { instanceOf, type LogRecord, type RecordPart } from "@swoosh/kernel";
import { CAUSE_RECORDS_MAX, CAUSES_MAX } from "./limits.ts";
import { isOfEngine, type LogView } from "./log-view.ts";
import type { Viewer } from "./viewer.ts";

/** One step of a cause chain: a record, and what led to it. */
export interface Cause {
  readonly index: number;
  /** Journal time, ms. */
  readonly at: number;
  readonly instance: string;
  readonly transition: string;
  /** Name of the identity that signed. */
  readonly by: string;
  readonly role: string;
  /** What happened, in a sentence. */
  readonly what: string;
  /** What it followed from; `index` is that of the record, where it is one. */
  readonly because: readonly Reason[];
}

export interface Reason {
  readonly index: number | null;
  readonly text: string;
}

const BEAT_INSTANCE = "beat/main";

/**
 * Why an instance is as it is: the last record that moved it, what that followed from (effects that it answers, facts
 * that its guards saw, the proposal that it was joined to, the instance's own record before), what those followed from,
 * and so on; latest first, a bounded number. What lies outside of the viewer's scope is named by its index alone.
 */
export async function causesOf(
  log: LogView,
  about: {
    readonly instance: string;
    readonly viewer: Viewer;
    /** The text behind a commitment, where it is here. */
    readonly opened: (commitment: string) => string | undefined;
  },
): Promise<readonly Cause[]> {
  const { columns } = log;
  const { instance, opened, viewer } = about;
  const last = columns.last(instance);
  const waiting = new Set<number>(last === undefined ? [] : [last]);
  const told = new Set<number>();
  const causes: Cause[] = [];
  for (let reads = 0; waiting.size > 0 && reads < CAUSE_RECORDS_MAX; reads += 1) {
    const index = Math.max(...waiting);
    waiting.delete(index);
    told.add(index);
    const { record } = await log.at(index);
    if (
      !viewer.sees(instanceOf(record.proposal)) &&
      !record.parts.some(({ instance: part }) => viewer.sees(part))
    )
      continue;
    const reasons = reasonsOf(log, record, opened);
    causes.push(causeOf(log, record, reasons));
    if (causes.length >= CAUSES_MAX) break;
    for (const { index: earlier } of reasons)
      if (earlier !== null && !told.has(earlier)) waiting.add(earlier);
  }
  return causes;
}

function causeOf(log: LogView, record: LogRecord, because: readonly Reason[]): Cause {
  const { at, index, proposal } = record;
  const [instance, by, role] = [instanceOf(proposal), log.signerOf(record), log.roleOf(record)];
  const { transition } = proposal;
  return { index, at, instance, transition, by, role, what: whatOf(record, { by, role }), because };
}

function whatOf(
  record: LogRecord,
  { by, role }: { readonly by: string; readonly role: string },
): string {
  const { configuration, inputs, parts, proposal } = record;
  const instance = instanceOf(proposal);
  const along = parts.length === 0 ? "" : `, and with it ${parts.map(partWords).join(", ")}`;
  const now = `${instance} is in ${configuration.join(", ")}${along}`;
  switch (proposal.transition) {
    case "@genesis":
      return "the log began";
    case "@chart":
      return `${instance.slice("chart/".length)} was installed as ${String(inputs?.["chart_hash"])}`;
    case "@migrate":
      return `${instance} moved to chart ${String(inputs?.["chart_hash"])}: ${now}`;
    case "@seal":
      return `${String(inputs?.["instance"])} was sealed`;
    case "@timer":
      return `time went by: ${now}`;
    default:
      return `${by} as ${role} proposed ${proposal.transition}: ${now}`;
  }
}

function partWords({ instance, transition, configuration }: RecordPart): string {
  return `${instance} took ${transition} and is in ${configuration.join(", ")}`;
}

function reasonsOf(
  log: LogView,
  record: LogRecord,
  opened: (commitment: string) => string | undefined,
): readonly Reason[] {
  const { effects, parts, proposal } = record;
  if (isOfEngine(instanceOf(proposal))) return [];
  const main = { instance: instanceOf(proposal), seq: record.seq, closed: effects.closed };
  const moved = [
    main,
    ...parts.map(({ instance, seq, effects: of }) => ({ instance, seq, closed: of.closed })),
  ];
  return [
    ...justified(record, opened),
    ...ownWords(record),
    ...moved.flatMap((one) => closedEffects(log, record.index, one)),
    ...factsSeen(log, record),
    ...moved.flatMap(({ instance }) => stepBefore(log, record.index, instance)),
  ];
}

/** The signer's own words, also where the record has a commitment to them alone. */
function justified(
  { proposal: { justification } }: LogRecord,
  opened: (commitment: string) => string | undefined,
): readonly Reason[] {
  if (justification === undefined) return [];
  return [{ index: null, text: `it was justified: ${opened(justification) ?? justification}` }];
}

/** What else the record itself says of why: guards' reasons, what the chart raised, evidence. */
function ownWords({ outcomes, parts, proposal, raised }: LogRecord): readonly Reason[] {
  const words = [
    ...[...outcomes, ...parts.flatMap((part) => part.outcomes)]
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ guard, ok, reasons }) => `${guard} said ${ok ? "yes" : "no"}: ${reasons.join("; ")}`),
    ...raised.map(({ event, failed, taken }) =>
      failed === undefined
        ? `${event} followed by itself${taken ? "" : ", and nobody took it"}`
        : `${event} failed: ${failed}`,
    ),
    ...(proposal.evidence ?? []).map((evidence) => `evidence: ${evidence}`),
  ];
  return [...new Set(words)].map((text) => ({ index: null, text }));
}

/** Effects that ended here: ids are `<instance>#<seq>.<n>`, and seq says how many records back they were opened. */
function closedEffects(
  { columns }: LogView,
  index: number,
  moved: { readonly instance: string; readonly seq: number; readonly closed: readonly string[] },
): readonly Reason[] {
  return moved.closed.map((id) => {
    const opened = Number(/#([0-9]+)\.[0-9]+$/.exec(id)?.[1] ?? moved.seq);
    let place: number | undefined = index;
    for (let seq = moved.seq; seq > opened && place !== undefined; seq -= 1)
      place = columns.before(moved.instance, place);
    const where = place === undefined ? "" : `, opened by record ${place}`;
    return { index: place ?? null, text: `the effect ${id} ended here${where}` };
  });
}

/** Instances that its guards looked at, each as of its last record before; who signed and the beat are told elsewhere. */
function factsSeen({ columns }: LogView, { index, reads }: LogRecord): readonly Reason[] {
  return reads.flatMap(({ instance }): readonly Reason[] => {
    if (instance.startsWith("identity/") || instance === BEAT_INSTANCE) return [];
    let place = columns.last(instance);
    while (place !== undefined && place >= index) place = columns.before(instance, place);
    if (place === undefined) return [{ index: null, text: `${instance} did not exist` }];
    const text = `it saw ${instance} as of record ${place}, ${columns.transitionAt(place)}`;
    return [{ index: place, text }];
  });
}

function stepBefore({ columns }: LogView, index: number, instance: string): readonly Reason[] {
  const before = columns.before(instance, index);
  if (before === undefined) return [{ index: null, text: `it created ${instance}` }];
  const text = `${instance} had come from record ${before}, ${columns.transitionAt(before)}`;
  return [{ index: before, text }];
}
