import type {
  CompiledChart,
  EmitAction,
  Region,
  TransitionDeclaration,
} from "../chart/compiled-chart.ts";
import { nodeAt } from "../chart/domain.ts";
import type { ExploredNode } from "./explore.ts";
import { placedEmits } from "./placed-emits.ts";

/** Kept effects that are told apart; what goes beyond counts as open always. */
const KEPT_MAX = 30;

type Where = Pick<ExploredNode, "configuration" | "kept" | "isFresh">;

/** Which events can come from outside of a macrostep, and when. */
export interface OutsideEvents {
  /** Bit of each kept emit, by its id. */
  readonly keptBits: ReadonlyMap<string, number>;
  /** A timer or a deadline may raise it now. */
  isOwn(event: string, where: Where): boolean;
  /** Someone may propose or join it now. */
  isProposable(declaration: TransitionDeclaration, where: Where): boolean;
  /** Regions of the states whose timers or deadlines raise it now. */
  regionsOf(event: string, where: Where): readonly Region[];
}

/** An effect and the state whose exit closes it; a timer and its state. */
interface Source {
  readonly state: number;
  /** 0: bound to its state. */
  readonly keptBit: number;
  readonly isKept: boolean;
}

interface PlacedSource extends Source {
  readonly emit: EmitAction;
}

export function outsideEvents(chart: CompiledChart): OutsideEvents {
  const keptBits = new Map<string, number>();
  const emits = placedEmits(chart).map(({ emit, state }): PlacedSource => {
    const isRoom = emit.keep && keptBits.size < KEPT_MAX;
    const keptBit = isRoom ? 1 << keptBits.size : 0;
    if (isRoom) keptBits.set(emit.id, keptBit);
    return { emit, state, keptBit, isKept: emit.keep };
  });
  const raisers = new Map<string, Source[]>();
  for (const state of chart.states) {
    for (const after of state.after) {
      push(raisers, after.raise, { state: state.index, keptBit: 0, isKept: false });
    }
  }
  for (const emit of emits) push(raisers, emit.emit.onDeadline, emit);
  const answered = new Map<string, Source[]>();
  for (const emit of emits) for (const answer of emit.emit.answer) push(answered, answer, emit);

  const isOpen = ({ state, keptBit, isKept }: Source, where: Where): boolean => {
    if (!isKept) return where.configuration.isActive(state);
    return keptBit === 0 || (where.kept & keptBit) !== 0;
  };
  const openOf = (event: string, where: Where): readonly Source[] =>
    (raisers.get(event) ?? []).filter((source) => isOpen(source, where));
  return {
    keptBits,
    isOwn: (event, where) => openOf(event, where).length > 0,
    isProposable: (declaration, where) => {
      if (declaration.by.length === 0 && declaration.joinedBy.length === 0) return false;
      if (where.isFresh) return declaration.creates && declaration.answers.length === 0;
      if (declaration.answers.length === 0) return true;
      return (answered.get(declaration.name) ?? []).some((source) => isOpen(source, where));
    },
    regionsOf: (event, where) => {
      const regions = openOf(event, where).map(({ state }) => nodeAt(chart.states, state).region);
      return [...new Set(regions)].flatMap((region) => chart.regions[region] ?? []);
    },
  };
}

function push(map: Map<string, Source[]>, key: string, source: Source): void {
  const sources = map.get(key);
  if (sources === undefined) map.set(key, [source]);
  else sources.push(source);
}
