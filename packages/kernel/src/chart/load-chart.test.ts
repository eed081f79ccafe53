import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import type { JsonObject } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { chartHash, compileChart, missingNatives } from "./compile-chart.ts";
import type { CompiledChart } from "./compiled-chart.ts";
import { loadChart, type LoadedChart } from "./load-chart.ts";
import { loadChartText } from "./load-chart-text.ts";
import type { NativeGuard } from "./native-guard.ts";
import { createNativeRegistry } from "./native-registry.ts";
import type { NormalChart } from "./normal-chart.ts";
import { normalJson } from "./normal-json.ts";

const ORDER = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);

function quorum(version: number): NativeGuard {
  const votes = { type: "array", items: { type: "string" } } as const;
  const schema = { type: "object", required: ["votes"], properties: { votes } } as const;
  return { name: "quorum", version, arguments: schema, check: () => ({ ok: true, reasons: [] }) };
}
const natives = createNativeRegistry([quorum(2), quorum(10), quorum(9)]);
const none = createNativeRegistry([]);

function normalOf(
  value: JsonObject,
  options: Partial<Parameters<typeof loadChart>[1]> = {},
): NormalChart {
  const { normal, problems } = loadChart(value, { natives, ...options });
  if (normal === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return normal;
}

function compiled(value: JsonObject): CompiledChart {
  return compileChart(nodeHasher, normalOf(value), { natives });
}

function codes({ problems }: LoadedChart): readonly string[] {
  return problems.map(({ severity, code }) => `${severity} ${code}`);
}

const DOOR: JsonObject = {
  chart: "door",
  version: 2,
  context: {
    type: "object",
    required: ["openings"],
    properties: { openings: { type: "integer" }, last: { type: "string" } },
  },
  initialContext: { openings: 0 },
  initial: "CLOSED",
  states: {
    CLOSED: { on: { Open: { target: "OPEN", guards: ["usable"] } } },
    OPEN: {
      entry: { assign: { openings: "context.openings + 1", last: "'now'" } },
      on: { Close: "CLOSED" },
      after: { id: "draught", ms: "30000", raise: "Close" },
    },
  },
  transitions: { Open: { by: ["client"] }, Close: { by: ["client", "operator:human"] } },
  guards: { usable: { when: "context.openings < 10", reason: "worn" } },
};

describe("the order example", () => {
  const { chart, normal, problems } = loadChartText(ORDER, { hasher: nodeHasher, natives: none });

  it("loads with one note: the chart that it reads is not installed", () => {
    expect(codes({ problems })).toEqual(["note untyped_read"]);
    expect(problems[0]).toMatchObject({ line: 16, column: 10, path: ["reads", "stock"] });
    expect(chart?.name).toBe("order");
    expect(chart?.version).toBe(1);
  });

  it("compiles to the same from its normal form, also after that went through a file", () => {
    if (normal === undefined || chart === undefined) throw new Error("it loads");
    const stored: NormalChart = JSON.parse(canonicalize(normalJson(normal)));
    const again = compileChart(nodeHasher, stored, { natives: none });
    expect(again.hash).toBe(chart.hash);
    expect(again.states.map(({ path }) => path)).toEqual(chart.states.map(({ path }) => path));
    expect(again.candidates.map(({ event }) => event)).toEqual(
      chart.candidates.map(({ event }) => event),
    );
  });

  it("knows its regions, emits, timers, answers and reads", () => {
    if (chart === undefined) throw new Error("it loads");
    expect(chart.regions.map(({ name }) => name)).toEqual(["Flow", "Control"]);
    expect(chart.states.map(({ region }) => region)).toEqual([
      -1,
      ...Array<number>(13).fill(0),
      1,
      1,
      1,
      1,
    ]);
    expect([...chart.emits.keys()]).toEqual(["pay"]);
    expect([...chart.afters.keys()]).toEqual(["nag"]);
    expect(chart.transitions.get("Payment_Ok")?.answers).toEqual(["pay"]);
    expect(chart.transitions.get("Order_Hold")?.by).toEqual([{ role: "operator", human: true }]);
    expect(chart.transitions.get("Order_Submit")?.reads.map(({ name }) => name)).toEqual(["stock"]);
    expect(chart.transitions.get("Order_Add")?.reads).toEqual([]);
    expect(chart.transitions.get("Order_Add")?.creates).toBe(true);
    expect(chart.transitions.get("Order_Submit")?.creates).toBe(false);
    expect(chart.reads.get("stock")).toMatchObject({ chart: "stock", many: false });
    expect(chart.projections.get("Flow")).toEqual({
      regions: ["Flow"],
      keys: ["items", "paid", "retries"],
    });
  });
});

describe("the normal form", () => {
  it("writes everything out, in document order where order means something", () => {
    const state = {
      type: "atomic",
      initial: [],
      history: null,
      target: [],
      states: [],
      entry: [],
      exit: [],
      on: {},
      always: [],
      onDone: [],
      after: [],
      sticky: null,
      onFailure: null,
    };
    const close = { target: ["CLOSED"], internal: false, guards: [], actions: [] };
    const open = { target: ["OPEN"], internal: false, guards: ["usable"], actions: [] };
    const declared = {
      joinedBy: [],
      class: null,
      inputs: { type: "object" },
      guards: [],
      compensatedBy: null,
    };
    expect(normalOf(DOOR)).toEqual({
      chart: "door",
      version: 2,
      config: {},
      context: DOOR.context,
      initialContext: { openings: 0 },
      reads: {},
      creates: null,
      regions: ["root"],
      root: {
        ...state,
        type: "compound",
        initial: ["CLOSED"],
        states: [
          ["CLOSED", { ...state, on: { Open: [open] } }],
          [
            "OPEN",
            {
              ...state,
              entry: [
                {
                  assign: [
                    ["openings", "context.openings + 1"],
                    ["last", "'now'"],
                  ],
                },
              ],
              on: { Close: [close] },
              after: [{ id: "draught", ms: "30000", beats: null, raise: "Close" }],
            },
          ],
        ],
      },
      transitions: {
        Open: { ...declared, by: ["client"] },
        Close: { ...declared, by: ["client", "operator:human"] },
      },
      guards: { usable: { when: "context.openings < 10", reason: "worn", okReason: null } },
      natives: {},
      projections: { root: { regions: ["root"], keys: null } },
    });
  });

  const hash = (value: JsonObject): string => chartHash(nodeHasher, normalOf(value));
  const reversed = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).reverse());
  const part = (key: string): JsonObject => JSON.parse(JSON.stringify(DOOR[key]));

  it.each<[string, JsonObject]>([
    ["the keys of the chart", reversed(DOOR)],
    ["the declarations", { ...DOOR, transitions: reversed(part("transitions")) }],
    ["the context's properties", { ...DOOR, context: reversed(part("context")) }],
    ["a title", { ...DOOR, title: "A door" }],
    [
      "defaults",
      {
        ...DOOR,
        config: {},
        reads: {},
        regions: ["root"],
        projections: { root: { regions: ["root"] } },
      },
    ],
  ])("does not change with %s", (_, value) => {
    expect(hash(value)).toBe(hash(DOOR));
  });

  const states = part("states");
  const entry = { assign: { last: "'now'", openings: "context.openings + 1" } };
  it.each<[string, JsonObject]>([
    ["the order of states", { ...DOOR, states: reversed(states) }],
    [
      "the order of assignments",
      {
        ...DOOR,
        states: { ...states, OPEN: { ...JSON.parse(JSON.stringify(states.OPEN)), entry } },
      },
    ],
    ["the version", { ...DOOR, version: 3 }],
    ["a reason", { ...DOOR, guards: { usable: { when: "context.openings < 10", reason: "old" } } }],
  ])("changes with %s", (_, value) => {
    expect(hash(value)).not.toBe(hash(DOOR));
  });
});

/** Two states, and whatever else a test is about. */
function chartWith(parts: JsonObject): JsonObject {
  return {
    chart: "test",
    version: 1,
    transitions: { E: { by: ["client"] } },
    states: { A: { on: { E: { target: "B" } } }, B: {} },
    ...parts,
  };
}

describe("natives", () => {
  const value = chartWith({
    transitions: { E: { by: ["client"], guards: ["enough"] } },
    guards: { enough: { native: "quorum", with: { votes: "['a', 'b']" } } },
  });

  it("get the newest version, which the normal form names and the compiler keeps to", () => {
    const normal = normalOf(value);
    expect(normal.natives).toEqual({ quorum: 10 });
    expect(normal.guards).toEqual({ enough: { native: "quorum", with: { votes: "['a', 'b']" } } });
    const [guard] =
      compileChart(nodeHasher, normal, { natives }).transitions.get("E")?.guards ?? [];
    expect(guard).toMatchObject({
      kind: "native",
      name: "enough",
      native: { name: "quorum", version: 10 },
    });
  });

  it("that this build lacks are told before anything is compiled", () => {
    const normal = normalOf(value);
    expect(missingNatives(normal, natives)).toEqual([]);
    expect(missingNatives(normal, createNativeRegistry([quorum(9)]))).toEqual(["quorum 10"]);
    expect(() => compileChart(nodeHasher, normal, { natives: none })).toThrow("is registered");
    expect(() => createNativeRegistry([quorum(1), quorum(1)])).toThrow("stands once");
    expect(natives.exact("quorum", 9)?.version).toBe(9);
    expect(natives.newest("nothing")).toBeUndefined();
  });
});

describe("reads", () => {
  const stock = normalOf(
    chartWith({
      chart: "stock",
      context: { type: "object", required: ["left"], properties: { left: { type: "integer" } } },
      initialContext: { left: 0 },
    }),
  );
  const otherCharts = (name: string): NormalChart | undefined =>
    name === "stock" ? stock : undefined;
  const reading = (id: string, when: string): JsonObject =>
    chartWith({
      reads: { stock: id },
      states: { A: { on: { E: { target: "B", guards: "some" } } }, B: {} },
      guards: { some: { when, reason: "none" } },
    });
  const load = (id: string, when: string): LoadedChart =>
    loadChart(reading(id, when), { natives, otherCharts });

  it("are typed where the other chart is known", () => {
    expect(
      codes(load("'stock/main'", "reads.stock == null || reads.stock.context.left > 0")),
    ).toEqual([]);
    expect(
      codes(load("'stock/main'", "reads.stock == null || reads.stock.context.lost > 0")),
    ).toEqual(["error expression"]);
    expect(
      codes(load("'shop/main'", "reads.stock == null || has(reads.stock.context.lost)")),
    ).toEqual(["note untyped_read"]);
  });

  it("of several instances are a map by instance", () => {
    const value = reading(
      "['a', 'b'].map(i, 'stock/' + i)",
      "reads.stock.all(i, reads.stock[i] != null)",
    );
    const chart = compiled(value);
    expect(chart.reads.get("stock")).toMatchObject({ chart: "stock", many: true });
    expect(codes(load("['stock/a', 'shop/b']", "size(reads.stock) > 0"))).toEqual([
      "error read_prefix",
    ]);
    expect(codes(load("['a']", "size(reads.stock) > 0"))).toEqual(["error read_prefix"]);
  });

  it("see no other reads", () => {
    expect(codes(load("'stock/' + reads.stock.hash", "reads.stock == null"))).toContain(
      "error expression",
    );
  });

  it("belong to every event where they stand outside of events, or in a raised one", () => {
    const value = chartWith({
      reads: { one: "'x/1'", two: "'x/2'", three: "'x/3'", four: "'x/4'", five: "'x/5'" },
      transitions: { E: { by: ["client"] }, F: { by: ["client"] }, R: { by: [] } },
      states: {
        A: {
          on: {
            E: { target: "B", guards: ["one"], actions: { raise: "R" } },
            R: { guards: ["two"] },
          },
          always: { target: "B", guards: ["three"] },
        },
        B: {
          on: { F: {} },
          entry: { join: { instance: "'x/y'", transition: "T", inputs: "{'of': reads.four}" } },
          after: { id: "t", ms: "reads.five == null ? 1 : 2", raise: "F" },
        },
      },
      guards: Object.fromEntries(
        ["one", "two", "three"].map((name) => [
          name,
          { when: `reads.${name} == null`, reason: name },
        ]),
      ),
    });
    const chart = compiled(value);
    const names = (event: string): readonly string[] | undefined =>
      chart.transitions.get(event)?.reads.map(({ name }) => name);
    expect(names("E")).toEqual(["five", "four", "one", "three", "two"]);
    expect(names("F")).toEqual(["five", "four", "three", "two"]);
  });
});

describe("joins", () => {
  const join = (transition: string): JsonObject =>
    chartWith({
      states: {
        A: {
          on: { E: { target: "B", actions: { join: { instance: "'stock/' + 'x'", transition } } } },
        },
        B: {},
      },
    });
  const stock = normalOf(chartWith({ chart: "stock" }));
  const otherCharts = (): NormalChart => stock;

  it("have empty inputs unless told, and name a transition of the other chart where that is known", () => {
    const normal = normalOf(join("E"), { otherCharts });
    expect(JSON.stringify(normal)).toContain(
      `{"join":{"instance":"'stock/' + 'x'","transition":"E","inputs":"{}"}}`,
    );
    const { problems } = loadChart(join("F"), { natives, otherCharts });
    expect(problems[0]).toMatchObject({
      code: "unknown_transition",
      message: 'the chart stock has no transition "F"; there is E',
    });
    expect(codes(loadChart(join("F"), { natives }))).toEqual([]);
  });

  it.each([
    [{ transition: "T" }, "missing_key"],
    [{ instance: "'x/y'" }, "missing_key"],
    [{ instance: "5", transition: "T" }, "expression_type"],
    [{ instance: "'x/y'", transition: "T", inputs: "[1]" }, "expression_type"],
    [{ instance: "'x/y'", transition: "T", inputs: 1 }, "wrong_type"],
    ["x", "wrong_type"],
  ])("%j is refused: %s", (of, code) => {
    const value = chartWith({ states: { A: { on: { E: { actions: { join: of } } } } } });
    expect(codes(loadChart(value, { natives }))).toEqual([`error ${code}`]);
  });

  it("may be allowed to other charts' transitions", () => {
    const chart = compiled(
      chartWith({
        transitions: { E: { by: [], joinedBy: ["order.Order_Submit"], class: "review" } },
      }),
    );
    expect(chart.transitions.get("E")).toMatchObject({
      joinedBy: ["order.Order_Submit"],
      class: "review",
      by: [],
    });
  });
});

describe("what inputs an expression sees", () => {
  const inputs = { type: "object", required: ["n"], properties: { n: { type: "integer" } } };
  const load = (parts: {
    readonly on?: string;
    readonly always?: string;
    readonly raised?: string;
  }): readonly string[] => {
    const used = Object.keys(parts);
    const guard = (when: string): JsonObject => ({ when, reason: "{inputs}" });
    return codes(
      loadChart(
        chartWith({
          transitions: { E: { by: ["client"], inputs }, R: { by: [], inputs } },
          states: {
            A: {
              on: {
                E: {
                  target: "B",
                  ...(used.includes("on") ? { guards: "on" } : {}),
                  actions: { raise: "R" },
                },
                R: used.includes("raised") ? { guards: "raised" } : {},
              },
              ...(used.includes("always") ? { always: { target: "B", guards: "always" } } : {}),
            },
            B: {},
          },
          guards: Object.fromEntries(
            Object.entries(parts).map(([name, when]) => [name, guard(when ?? "true")]),
          ),
        }),
        { natives },
      ),
    );
  };

  it("is the event's in its own candidates, optional everywhere else", () => {
    expect(load({ on: "inputs.n > 0" })).toEqual([]);
    expect(load({ always: "inputs.n > 0" })).toEqual(["error expression"]);
    expect(load({ always: "has(inputs.n) && inputs.n > 0" })).toEqual([]);
    expect(load({ raised: "inputs.n > 0" })).toEqual(["error expression"]);
    expect(load({ raised: "has(inputs.n) && inputs.n > 0" })).toEqual([]);
    expect(load({ on: "inputs.m > 0" })).toEqual(["error expression"]);
  });
});

describe("regions", () => {
  const nested = (regions: readonly string[]): LoadedChart =>
    loadChart(
      chartWith({
        regions,
        states: {
          A: { on: { E: { target: "B" } } },
          B: {
            type: "parallel",
            states: { Left: { states: { X: {} } }, Right: { states: { X: {} } } },
          },
        },
      }),
      { natives },
    );

  it("may be named by a name that is unique, and keep that name", () => {
    const { normal } = nested(["root", "Left", "B.Right"]);
    if (normal === undefined) throw new Error("it loads");
    const chart = compileChart(nodeHasher, normal, { natives });
    expect(chart.regions.map(({ name }) => name)).toEqual(["root", "Left", "B.Right"]);
    expect(chart.states.map(({ path, region }) => `${path}:${region}`)).toEqual([
      ":0",
      "A:0",
      "B:0",
      "B.Left:1",
      "B.Left.X:1",
      "B.Right:2",
      "B.Right.X:2",
    ]);
    expect([...chart.projections.keys()]).toEqual(["root", "Left", "B.Right"]);
  });

  it("a source in none may move what is no parallel root", () => {
    expect(codes(nested(["Left"]))).toEqual([]);
    const value = chartWith({
      type: "parallel",
      on: { E: { target: "#test.B.X" } },
      states: { A: { states: { X: {} } }, B: { states: { X: {} } } },
    });
    const { problems } = loadChart(value, { natives });
    expect(problems.map(({ message }) => message)).toEqual([
      "the root is in no region, and this would leave the root with all its regions; let each region handle the event",
    ]);
    expect(codes(loadChart({ ...value, regions: ["root"] }, { natives }))).toEqual([]);
  });

  it("an ambiguous or unknown name is refused", () => {
    expect(codes(nested(["X"]))).toEqual(["error unknown_region"]);
    expect(codes(nested([""]))).toEqual(["error wrong_type"]);
  });
});

describe("values that no YAML file has", () => {
  it("too deep", () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 40; level += 1) deep = { states: { A: deep } };
    const { problems } = loadChart({ ...deep, chart: "x", version: 1 }, { natives });
    expect(problems).toMatchObject([{ code: "bad_value", line: null, column: null, path: [] }]);
  });

  it("too many states", () => {
    const states = (count: number): JsonObject =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`S${index}`, {}]));
    const load = (count: number): LoadedChart =>
      loadChart(chartWith({ states: { ...states(count), A: { on: { E: {} } } } }), { natives });
    expect(codes(load(1_022))).toEqual([]);
    expect(codes(load(1_023))).toEqual(["error too_many_states"]);
  });

  it("names that are too long, or that change what assignment does", () => {
    const named = (name: string): LoadedChart =>
      loadChart(chartWith({ states: { A: { on: { E: {} } }, [name]: {} } }), { natives });
    expect(codes(named("S".repeat(64)))).toEqual([]);
    expect(codes(named("S".repeat(65)))).toEqual(["error bad_name"]);
    expect(codes(named("constructor"))).toEqual([]);
    const proto = JSON.parse('{"A":{"on":{"E":{}}},"__proto__":{}}');
    expect(codes(loadChart(chartWith({ states: proto }), { natives }))).toEqual(["error bad_name"]);
  });
});
