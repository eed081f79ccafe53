import type { CompiledChart, EmitAction, StateNode } from "../chart/compiled-chart.ts";
import { nodeAt } from "../chart/domain.ts";
import { utf8Length } from "../json/text.ts";
import { INSTANCE_ID_LENGTH_MAX, ORIGIN_LENGTH_MAX, OWNER_LENGTH_MAX } from "../limits.ts";
import { maxCanonicalBytes } from "../schema/max-canonical-bytes.ts";
import { placedEmits, type PlacedEmit } from "./placed-emits.ts";

/** How large the parts of a document can get, in bytes. */
export interface DocumentBytes {
  readonly total: number;
  readonly context: number;
  readonly effects: number;
  readonly timers: number;
  readonly history: number;
  readonly configuration: number;
  /** Property of the context that can take most, with its bytes. */
  readonly largest: { readonly property: string; readonly bytes: number } | null;
}

/** Digits of the largest safe integer. */
const INTEGER = 9_007_199_254_740_991;
const DUE = { at: INTEGER };
const ORIGIN = "o".repeat(ORIGIN_LENGTH_MAX);
const INSTANCE_ID = "i".repeat(INSTANCE_ID_LENGTH_MAX);
const HLC = "h".repeat(48);
const CHARACTER_BYTES_MAX = 6;

/**
 * Upper bounds for the documents of a chart: the context as its schema allows, the largest configuration, and the timers
 * and effects of all states that can be active together. An effect counts once, however often it is emitted.
 */
export function documentBytes(chart: CompiledChart): DocumentBytes {
  const emits = placedEmits(chart);
  const { context: schema } = chart.normal;
  const properties = Object.entries(schema.properties ?? {}).map(([property, inner]) => ({
    property,
    bytes: maxCanonicalBytes(inner),
  }));
  const root = nodeAt(chart.states, 0);
  const context = maxCanonicalBytes(schema);
  const kept = emits.filter(({ emit }) => emit.keep);
  const boundTo = (state: StateNode): number =>
    sum(
      emits
        .filter((one) => !one.emit.keep && one.state === state.index)
        .map((one) => effectBytes(chart, one)),
    );
  const effects =
    largestBelow(chart, root, boundTo) + sum(kept.map((one) => effectBytes(chart, one)));
  const timers = largestBelow(chart, root, timerBytes);
  const configuration = largestBelow(chart, root, pathBytes);
  const history = historyBytes(chart);
  const fixed = jsonBytes({
    configuration: [],
    context: null,
    effects: [],
    epoch: Object.fromEntries(chart.regions.map(({ name }) => [name, INTEGER])),
    history: {},
    hlc_last: HLC,
    meta: {
      chart: chart.name,
      chart_hash: chart.hash,
      ended: false,
      instance: `${chart.name}/${INSTANCE_ID}`,
      origin: ORIGIN,
      seq: INTEGER,
      version: chart.version,
    },
    timers: [],
  });
  return {
    total: fixed + context + effects + timers + history + configuration,
    context,
    effects,
    timers,
    history,
    configuration,
    largest: properties.sort((one, other) => other.bytes - one.bytes)[0] ?? null,
  };
}

/** The most that the states of one configuration can sum up to: one child of a compound state, all of a parallel one. */
function largestBelow(
  chart: CompiledChart,
  state: StateNode,
  bytesOf: (state: StateNode) => number,
): number {
  const below = state.children.map((child) =>
    largestBelow(chart, nodeAt(chart.states, child), bytesOf),
  );
  const together = state.kind === "parallel" ? sum(below) : Math.max(0, ...below);
  return bytesOf(state) + together;
}

function pathBytes({ kind, path }: StateNode): number {
  return kind === "atomic" || kind === "final" ? jsonBytes(path) + 1 : 0;
}

function timerBytes(state: StateNode): number {
  return sum(
    state.after.map(
      ({ id, raise }) => jsonBytes({ due: DUE, event: raise, id, state: state.path }) + 1,
    ),
  );
}

function effectBytes(chart: CompiledChart, { emit, state }: PlacedEmit): number {
  const owner = Math.min(emit.owner.bytesMax, OWNER_LENGTH_MAX * CHARACTER_BYTES_MAX);
  return (
    jsonBytes(effectSample(chart, emit, nodeAt(chart.states, state).path)) +
    owner +
    emit.with.bytesMax +
    1
  );
}

function effectSample(chart: CompiledChart, emit: EmitAction, state: string): object {
  return {
    answer: emit.answer,
    due: DUE,
    effect: emit.effect,
    fence: INTEGER,
    id: `${chart.name}/${INSTANCE_ID}#${INTEGER}.9999`,
    name: emit.id,
    owner: "",
    state,
    with: null,
  };
}

/** Each history remembers a configuration of what is below its parent. */
function historyBytes(chart: CompiledChart): number {
  return sum(
    chart.states.flatMap((state) =>
      state.histories.map((index) => {
        const { path } = nodeAt(chart.states, index);
        return jsonBytes(path) + largestBelow(chart, state, pathBytes) + 4;
      }),
    ),
  );
}

function jsonBytes(value: object | string): number {
  return utf8Length(JSON.stringify(value));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => Math.min(total + number, Number.MAX_SAFE_INTEGER), 0);
}
