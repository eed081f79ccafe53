import type { CelEnvironment, CelType } from "../cel/cel.ts";
import { celTypeOfJson, celTypeOfSchema, EMPTY_RECORD, unionRecords } from "../cel/cel-type.ts";
import { suggestion } from "./did-you-mean.ts";
import type { NormalChart } from "./normal-chart.ts";
import type { StateTable } from "./state-table.ts";

/** What expressions see, by the place where they stand. */
export interface Environments {
  /** Id expressions of reads: no reads yet. */
  readonly ofReads: CelEnvironment;
  /** Whatever is not bound to one event: `inputs` may be those of any, or `{}`. */
  readonly ofAny: CelEnvironment;
  /** Guards of a declared transition, and candidates of its event. */
  ofEvent(event: string): CelEnvironment;
}

/** Types that do not depend on the reads, and from them, once the reads have types, all environments. */
export class EnvironmentBuilder {
  readonly ofReads: CelEnvironment;
  readonly #normal: NormalChart;
  readonly #inputs = new Map<string, CelType>();

  constructor(normal: NormalChart, table: StateTable) {
    this.#normal = normal;
    const types: CelType[] = [];
    for (const [name, transition] of Object.entries(normal.transitions)) {
      const type = celTypeOfSchema(transition.inputs);
      this.#inputs.set(name, type);
      types.push(type);
    }
    this.ofReads = {
      context: celTypeOfSchema(normal.context),
      inputs: unionRecords(types),
      config: celTypeOfJson(normal.config),
      configValue: normal.config,
      reads: EMPTY_RECORD,
      stateIndex: (path) => table.byPath.get(path)?.index,
      hintOfState: (path) => hintOfState(normal.chart, table, path),
    };
  }

  withReads(reads: ReadonlyMap<string, CelType>): Environments {
    const fields = [...reads].map(([name, type]) => [name, { type, optional: false }] as const);
    const ofAny: CelEnvironment = {
      ...this.ofReads,
      reads: { kind: "record", fields: new Map(fields) },
    };
    const byEvent = new Map<string, CelEnvironment>();
    for (const [event, inputs] of this.#inputs) {
      if (this.#comesFromOutside(event)) byEvent.set(event, { ...ofAny, inputs });
    }
    return { ofReads: this.ofReads, ofAny, ofEvent: (event) => byEvent.get(event) ?? ofAny };
  }

  /** Only then there are inputs of its own; a raised event has `{}`. */
  #comesFromOutside(event: string): boolean {
    const { by, joinedBy } = this.#normal.transitions[event] ?? { by: [], joinedBy: [] };
    return by.length > 0 || joinedBy.length > 0;
  }
}

function hintOfState(chart: string, table: StateTable, path: string): string {
  if (path.startsWith(`${chart}.`) || path.startsWith("#")) return "; leave the chart's name out";
  const paths = table.rows.slice(1).map((row) => row.path);
  const same = table.rows.filter((row) => row.name === path);
  const [only, ...others] = same;
  if (only !== undefined && others.length === 0) return `; did you mean "${only.path}"?`;
  return suggestion(path, paths);
}
