import type { CelType } from "../cel/cel.ts";
import { readListType, readType } from "../cel/cel-type.ts";
import { membersOf } from "../cel/type-union.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { ActionCompiler, ANY_STRING } from "./compile-action.ts";
import type { CompileOptions } from "./compile-chart.ts";
import { GuardCompiler } from "./compile-guard.ts";
import { compileStates } from "./compile-states.ts";
import { compileTransitions } from "./compile-transitions.ts";
import type {
  AfterDeclaration,
  CompiledChart,
  EmitAction,
  ReadDeclaration,
} from "./compiled-chart.ts";
import { EnvironmentBuilder, type Environments } from "./environments.ts";
import type { ExpressionCompiler } from "./expressions.ts";
import type { NormalChart } from "./normal-chart.ts";
import { readPrefix } from "./read-prefix.ts";
import { tableOf, type StateTable } from "./state-table.ts";

export type UnhashedChart = Omit<CompiledChart, "hash">;

/** What all parts of one chart's compilation share. */
export interface ChartBuild {
  readonly normal: NormalChart;
  readonly table: StateTable;
  readonly environments: Environments;
  readonly guards: GuardCompiler;
  readonly actions: ActionCompiler;
}

/** Builds the tables. Total where the expressions' report is: what does not compile is stood in for. */
export function buildChart(
  normal: NormalChart,
  expressions: ExpressionCompiler,
  options: CompileOptions,
): UnhashedChart {
  const table = tableOf(normal);
  const builder = new EnvironmentBuilder(normal, table);
  const { reads, types } = buildReads(normal, expressions, builder, options);
  const build: ChartBuild = {
    normal,
    table,
    environments: builder.withReads(types),
    guards: new GuardCompiler(normal, options.natives, expressions),
    actions: new ActionCompiler(normal, expressions),
  };
  const { states, candidates, regions } = compileStates(build);
  const emits = new Map<string, EmitAction>();
  const afters = new Map<string, AfterDeclaration>();
  const actions = [
    ...states.flatMap((state) => [...state.entry, ...state.exit]),
    ...candidates.flatMap((candidate) => candidate.actions),
  ];
  for (const action of actions) if (action.kind === "emit") emits.set(action.id, action);
  for (const state of states) for (const after of state.after) afters.set(after.id, after);
  const transitions = compileTransitions(build, { states, candidates, emits, reads });
  build.guards.compileUnused(build.environments.ofAny);
  return {
    name: normal.chart,
    version: normal.version,
    normal,
    config: normal.config,
    initialContext: normal.initialContext,
    validateContext: compileSchema(normal.context),
    states,
    stateByPath: new Map(states.map((state) => [state.path, state])),
    regions,
    transitions,
    candidates,
    emits,
    afters,
    reads,
    projections: new Map(Object.entries(normal.projections)),
  };
}

function buildReads(
  normal: NormalChart,
  expressions: ExpressionCompiler,
  builder: EnvironmentBuilder,
  options: CompileOptions,
): { reads: ReadonlyMap<string, ReadDeclaration>; types: ReadonlyMap<string, CelType> } {
  const reads = new Map<string, ReadDeclaration>();
  const types = new Map<string, CelType>();
  const ids: CelType = { kind: "list", item: ANY_STRING, itemsMax: Number.MAX_SAFE_INTEGER };
  const expected: CelType = { kind: "union", members: [ANY_STRING, ids] };
  for (const [name, source] of Object.entries(normal.reads)) {
    const use = { part: normal.reads, key: [name], what: `read ${name}`, expected };
    const instance = expressions.typed(source, builder.ofReads, use);
    const prefix = readPrefix(source);
    const chart = prefix.ok ? prefix.chart : "";
    const many = membersOf(instance.type).some((member) => member.kind === "list");
    const context = options.otherCharts?.(chart)?.context;
    reads.set(name, { name, chart, instance, many });
    types.set(name, many ? readListType(context) : readType(context));
  }
  return { reads, types };
}
