import type { CompiledChart, JsonObject, NormalChart, State } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { Wish } from "./proposals.ts";
import { valueOfSchema } from "./value-of-schema.ts";
import type { Actor, Wished, Workload } from "./workload.ts";

/** Instances of each chart that actors play with: few, so that they meet. */
const INSTANCES = 3;
/** Owners of effects that are named in so many words. */
const OWNER = /^'([a-z][a-z0-9_-]*)'$/u;

/** One line of a script: who proposes what; the order is kept, the time is the seed's. */
export interface ScriptLine {
  readonly instance: string;
  readonly transition: string;
  readonly inputs?: JsonObject;
  /** An actor's name; the first one unless given. */
  readonly by?: string;
}

/** Users' own charts, played by actors that hold every role the charts name: at random, or by a script. */
export class ChartWorkload implements Workload {
  readonly actors: readonly Actor[];
  readonly last: Wish;
  readonly #charts: readonly CompiledChart[];
  readonly #script: readonly ScriptLine[];
  #place = 0;

  constructor(charts: readonly CompiledChart[], script: readonly ScriptLine[] = []) {
    this.#charts = charts;
    this.#script = script;
    // The node's own role is nobody else's.
    const roles = [...new Set(charts.flatMap(rolesOf))]
      .filter((role) => role !== "engine" && role !== "operator")
      .toSorted((one, other) => (one < other ? -1 : 1));
    const owners = new Set(charts.flatMap(({ normal }) => ownersOf(normal)));
    const scripted = script.flatMap(({ by }) => by ?? []);
    const names = [...new Set(["alice", "bob", ...owners, ...scripted])];
    this.actors = names
      .filter((name) => name !== "operator" && name !== "node")
      .map((name) => ({ name, roles }));
    this.last = {
      instance: "identity/alice",
      transition: "Identity_Grant",
      inputs: { role: "auditor", scope: "nothing/*" },
    };
  }

  /** Anew: a script begins again with each seed. */
  fresh(): ChartWorkload {
    return new ChartWorkload(this.#charts, this.#script);
  }

  wish(random: SeededRandom, state: State): Wished {
    const signer = random.pick([...this.actors.map(({ name }) => name), "operator"]) ?? "operator";
    const line = this.#script[this.#place];
    if (line !== undefined) {
      this.#place += 1;
      const { by = "alice", inputs = {}, instance, transition } = line;
      return { wish: { instance, transition, inputs }, signer: by };
    }
    const chart = random.pick(this.#charts);
    if (chart === undefined) return { wish: this.last, signer };
    const instance = `${chart.name}/s${random.below(INSTANCES)}`;
    return (
      this.#answerTo(random, state, instance) ??
      this.#random(random, { state, chart, instance, signer })
    );
  }

  /** Somebody answers an open effect, mostly its owner. */
  #answerTo(random: SeededRandom, state: State, instance: string): Wished | undefined {
    const effect = random.pick(state.head(instance)?.document.effects ?? []);
    const transition = random.pick(effect?.answer ?? []);
    if (effect === undefined || transition === undefined || random.chance(60)) return undefined;
    const chart = this.#charts.find(({ name }) => instance.startsWith(`${name}/`));
    const inputs = inputsOf(random, chart, transition);
    return {
      wish: { instance, transition, inputs: { ...inputs, effect: effect.id } },
      signer: effect.owner,
    };
  }

  /** Mostly something that the present configuration listens to. */
  #random(
    random: SeededRandom,
    given: {
      readonly state: State;
      readonly chart: CompiledChart;
      readonly instance: string;
      readonly signer: string;
    },
  ): Wished {
    const { chart, instance, signer, state } = given;
    const all = [...chart.transitions.keys()];
    const head = state.head(instance);
    const creating = head === undefined ? (chart.normal.creates ?? all) : [];
    const listening = head === undefined ? creating : enabledIn(chart, head.document.configuration);
    const transition =
      random.pick(random.chance(85) && listening.length > 0 ? listening : all) ?? "";
    return { wish: { instance, transition, inputs: inputsOf(random, chart, transition) }, signer };
  }
}

function inputsOf(
  random: SeededRandom,
  chart: CompiledChart | undefined,
  transition: string,
): JsonObject {
  const schema = chart?.normal.transitions[transition]?.inputs;
  const value = schema === undefined ? {} : valueOfSchema(random, schema);
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Declared transitions that some active state, or one around it, has a candidate for. */
function enabledIn(chart: CompiledChart, configuration: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const { on, path } of chart.states)
    if (isActive(configuration, path))
      for (const name of on.keys()) if (chart.transitions.has(name)) names.add(name);
  return [...names];
}

export function isActive(configuration: readonly string[], path: string): boolean {
  return path === "" || configuration.some((leaf) => leaf === path || leaf.startsWith(`${path}.`));
}

function rolesOf({ normal }: CompiledChart): readonly string[] {
  return Object.values(normal.transitions).flatMap(({ by }) =>
    by.map((role) => role.split(":")[0] ?? role),
  );
}

function ownersOf({ root }: NormalChart): readonly string[] {
  const texts = JSON.stringify(root).matchAll(/"owner":"([^"]*)"/gu);
  return [...texts].flatMap(([, owner = ""]) => OWNER.exec(owner)?.[1] ?? []);
}
