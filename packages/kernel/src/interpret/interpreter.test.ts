import { describe, expect, it } from "vitest";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { MICROSTEPS_MAX } from "../limits.ts";
import { createInterpreter, type Interpreter } from "./interpreter.ts";
import type { Configuration, HistoryValue, MacrostepResult } from "./step-host.ts";
import { loadStates, loadValue } from "./test/load-value.ts";
import { LoggingHost } from "./test/logging-host.ts";

const NO_HISTORY: HistoryValue = {};

function started(interpreter: Interpreter): Configuration {
  return mustBeDone(interpreter.initial(new LoggingHost())).configuration;
}

function mustBeDone(result: MacrostepResult): Extract<MacrostepResult, { kind: "done" }> {
  if (result.kind !== "done") throw new Error(`failed: ${result.reason}`);
  return result;
}

function indexOf(chart: CompiledChart, path: string): number {
  const state = chart.stateByPath.get(path);
  if (state === undefined) throw new Error(`no state ${path}`);
  return state.index;
}

const guards = { yes: { when: "true", reason: "never" }, no: { when: "false", reason: "no" } };

describe("a macrostep", () => {
  const chart = loadStates(["GO", "INNER"], {
    initial: "A",
    states: {
      A: {
        exit: [{ raise: "INNER" }],
        on: { GO: { target: "B", actions: [{ raise: "INNER" }] } },
      },
      B: {
        initial: "B1",
        entry: [{ raise: "INNER" }],
        states: {
          B1: { always: [{ target: "B2" }] },
          B2: { on: { INNER: { target: "B3" } } },
          B3: {},
        },
      },
    },
  });
  const interpreter = createInterpreter(chart);

  it("calls its host in SCXML's order", () => {
    const host = new LoggingHost();
    const result = mustBeDone(interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host));
    expect(host.calls).toEqual([
      "begin",
      "external GO",
      "ask 0",
      "exit A",
      "act 0 in ",
      "enter B",
      "enter B.B1",
      "eventless",
      "ask 1",
      "exit B.B1",
      "act 1 in B",
      "enter B.B2",
      "internal INNER",
      "ask 2",
      "raised INNER taken",
      "exit B.B2",
      "act 2 in B",
      "enter B.B3",
      "raised INNER ignored",
      "raised INNER ignored",
    ]);
    expect(result).toMatchObject({ taken: true, first: null, microsteps: 3, history: {} });
    expect(result.configuration.paths).toEqual(["B.B3"]);
    expect(result.configuration.leaves).toEqual([indexOf(chart, "B.B3")]);
  });

  it("enters the root first", () => {
    const host = new LoggingHost();
    const result = mustBeDone(interpreter.initial(host));
    expect(host.calls).toEqual(["begin", "initial", "enter ", "enter A"]);
    expect(result).toMatchObject({ taken: true, microsteps: 1, first: null });
  });

  it.each(["exit A", "act 0 in ", "enter B", "enter B.B1"])(
    "stops at once when %s fails",
    (failsAt) => {
      const host = new LoggingHost({ failsAt });
      const result = interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host);
      expect(result).toEqual({ kind: "failed", reason: "host" });
      expect(host.calls.at(-1)).toBe(failsAt);
    },
  );

  it("knows what is active at every moment", () => {
    const seen = (path: string): readonly string[] => {
      const host = new LoggingHost({ watched: indexOf(chart, path) });
      interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host);
      return host.calls.filter((call) => call.endsWith("true"));
    };
    expect(seen("A")).toEqual(["begin true", "external GO true", "ask 0 true", "exit A true"]);
    expect(seen("B.B1")).toEqual([
      "enter B.B1 true",
      "eventless true",
      "ask 1 true",
      "exit B.B1 true",
    ]);
    const before = new LoggingHost({ watched: indexOf(chart, "A") });
    interpreter.initial(before);
    expect(before.calls).toEqual(["begin false", "initial false", "enter  false", "enter A true"]);
  });
});

describe("an event for which nothing is enabled", () => {
  const chart = loadStates(["E", "F"], {
    guards: { no: guards.no },
    initial: "A",
    states: {
      A: {
        initial: "A1",
        states: { A1: { on: { E: [{ guards: "no" }, { guards: "no", target: "A2" }] } }, A2: {} },
        on: { E: { guards: "no" } },
        always: [{ guards: "no", target: "B" }],
      },
      B: { on: { F: {} } },
    },
  });
  const interpreter = createInterpreter(chart);

  it("is not taken, and tells the first candidate that was looked at", () => {
    const host = new LoggingHost();
    const before = started(interpreter);
    const result = mustBeDone(interpreter.macrostep(before, NO_HISTORY, "E", host));
    expect(host.calls).toEqual(["begin", "external E", "ask 2", "ask 3", "ask 1"]);
    expect(result).toMatchObject({ taken: false, microsteps: 0 });
    expect(result.first?.index).toBe(2);
    expect(result.configuration).toBe(before);
    expect(result.history).toBe(NO_HISTORY);
  });

  it.each(["F", "UNHEARD_OF"])("asks nothing where nothing active handles it: %s", (event) => {
    const host = new LoggingHost();
    const result = mustBeDone(interpreter.macrostep(started(interpreter), NO_HISTORY, event, host));
    expect(host.calls).toEqual(["begin"]);
    expect(result).toMatchObject({ taken: false, first: null });
  });
});

describe("which candidates are asked", () => {
  const chart = loadStates(["E"], {
    guards,
    type: "parallel",
    states: {
      P: {
        initial: "P1",
        states: { P1: { on: { E: [{ guards: "yes" }, { guards: "no" }] } } },
        on: { E: { guards: "yes" } },
      },
      Q: { initial: "Q1", states: { Q1: { on: { E: { guards: "no" } } } } },
      R: { initial: "R1", states: { R1: {} } },
    },
    on: { E: { guards: "yes" } },
  });
  const interpreter = createInterpreter(chart);

  it("is all of a state, none above one that held, and each once", () => {
    const host = new LoggingHost({ holding: ["yes"] });
    interpreter.macrostep(started(interpreter), NO_HISTORY, "E", host);
    // 0 is the root's, 1 that of P, 2 and 3 those of P1, 4 that of Q1; Q and R both look up to the root.
    expect(host.calls.filter((call) => call.startsWith("ask"))).toEqual([
      "ask 2",
      "ask 3",
      "ask 4",
      "ask 0",
    ]);
    expect(host.calls.filter((call) => call.startsWith("act"))).toEqual([
      "act 2 in P.P1",
      "act 0 in ",
    ]);
  });

  it("is told beforehand in the order of looking", () => {
    const configuration = started(interpreter);
    const indexes = interpreter.candidatesFor(configuration, "E").map(({ index }) => index);
    expect(indexes).toEqual([2, 3, 1, 0, 4]);
    expect(interpreter.candidatesFor(configuration, null)).toEqual([]);
    expect(interpreter.candidatesFor(configuration, "UNHEARD_OF")).toEqual([]);
    expect(interpreter.chart).toBe(chart);
  });
});

describe("the end of a chart", () => {
  it("stops the macrostep and lists what is left in the queue, though somebody handles it", () => {
    const raises = ["LATE", "LATER", "LATEST"].map((event) => ({ raise: event }));
    const chart = loadStates(["GO", "LATE", "LATER", "LATEST"], {
      initial: "A",
      states: {
        A: { on: { GO: { target: "END", actions: raises } } },
        END: { type: "final" },
      },
      on: { LATE: {}, LATER: {}, LATEST: {} },
    });
    const interpreter = createInterpreter(chart);
    const host = new LoggingHost();
    const result = mustBeDone(interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host));
    expect(result.configuration.done).toBe(true);
    expect(host.calls.slice(-4)).toEqual([
      "enter END",
      "raised LATE ignored",
      "raised LATER ignored",
      "raised LATEST ignored",
    ]);
    expect(result.microsteps).toBe(1);
  });

  it("does not come while a region has no final state to be in", () => {
    const chart = loadStates(["GO"], {
      type: "parallel",
      states: {
        P: { initial: "X", states: { X: { on: { GO: { target: "Y" } } }, Y: { type: "final" } } },
        Q: {},
      },
    });
    const interpreter = createInterpreter(chart);
    const step = interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", new LoggingHost());
    expect(mustBeDone(step).configuration).toMatchObject({ paths: ["P.Y", "Q"], done: false });
  });

  it("comes when every region of a parallel root is done, nested parallels included", () => {
    const region = {
      initial: "X",
      states: { X: { on: { GO: { target: "Y" } } }, Y: { type: "final" } },
    };
    const chart = loadStates(["GO", "STOP"], {
      type: "parallel",
      states: {
        P: { type: "parallel", states: { P1: region, P2: region } },
        Q: { initial: "X", states: { X: { on: { STOP: { target: "Y" } } }, Y: { type: "final" } } },
      },
    });
    const interpreter = createInterpreter(chart);
    const host = new LoggingHost();
    const half = mustBeDone(interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host));
    expect(half.configuration.done).toBe(false);
    expect(host.calls.filter((call) => call.startsWith("raised"))).toEqual([
      "raised done.state.P.P1 ignored",
      "raised done.state.P.P2 ignored",
      "raised done.state.P ignored",
    ]);
    const last = new LoggingHost();
    const whole = mustBeDone(interpreter.macrostep(half.configuration, NO_HISTORY, "STOP", last));
    expect(last.calls.filter((call) => call.startsWith("raised"))).toEqual([
      "raised done.state.Q ignored",
    ]);
    expect(whole.configuration.done).toBe(true);
  });
});

describe("the bound of a macrostep", () => {
  const loop = (guarded: boolean): CompiledChart =>
    loadStates(["GO"], {
      ...(guarded ? { guards: { yes: guards.yes } } : {}),
      initial: "A",
      states: {
        A: { on: { GO: { target: "B" } } },
        B: { always: [{ target: "C", ...(guarded ? { guards: "yes" } : {}) }] },
        C: { always: [{ target: "B", ...(guarded ? { guards: "yes" } : {}) }] },
      },
    });

  it("fails one that would go on", () => {
    const interpreter = createInterpreter(loop(false));
    const host = new LoggingHost();
    const result = interpreter.macrostep(started(interpreter), NO_HISTORY, "GO", host);
    expect(result).toEqual({ kind: "failed", reason: "microsteps" });
    expect(host.calls.filter((call) => call.startsWith("act"))).toHaveLength(MICROSTEPS_MAX);
  });

  it("allows exactly as many microsteps", () => {
    class Counting extends LoggingHost {
      left = MICROSTEPS_MAX;
      override holds(): boolean {
        this.left -= 1;
        return this.left >= 0;
      }
    }
    const interpreter = createInterpreter(loop(true));
    const configuration = started(interpreter);
    const result = mustBeDone(
      interpreter.macrostep(configuration, NO_HISTORY, "GO", new Counting()),
    );
    expect(result.microsteps).toBe(MICROSTEPS_MAX);
  });
});

describe("history", () => {
  const chart = loadStates(["OUT", "BACK", "DEEP", "NEXT", "AGAIN"], {
    initial: "P",
    states: {
      P: {
        type: "parallel",
        states: {
          Z: { initial: "Z1", states: { Z1: { on: { NEXT: { target: "Z2" } } }, Z2: {} } },
          A: {
            initial: "A1",
            states: { A1: { on: { NEXT: { target: "A2" } } }, A2: {}, S: { type: "history" } },
          },
          H: { type: "history", history: "deep" },
        },
        on: { OUT: { target: "Q" }, AGAIN: { target: "#test.P.H" } },
      },
      Q: { on: { BACK: { target: "#test.P.A.S" }, DEEP: { target: "#test.P.H" } } },
    },
  });
  const interpreter = createInterpreter(chart);
  const step = (from: Configuration, history: HistoryValue, event: string) =>
    mustBeDone(interpreter.macrostep(from, history, event, new LoggingHost()));

  it("is recorded by path, in canonical order, and left alone otherwise", () => {
    const next = step(started(interpreter), NO_HISTORY, "NEXT");
    expect(next.history).toBe(NO_HISTORY);
    const out = step(next.configuration, next.history, "OUT");
    expect(JSON.stringify(out.history)).toBe(`{"P.A.S":["P.A.A2"],"P.H":["P.A.A2","P.Z.Z2"]}`);
    expect(step(out.configuration, out.history, "BACK").configuration.paths).toEqual([
      "P.A.A2",
      "P.Z.Z1",
    ]);
    expect(step(out.configuration, out.history, "DEEP").configuration.paths).toEqual([
      "P.A.A2",
      "P.Z.Z2",
    ]);
    expect(step(out.configuration, NO_HISTORY, "DEEP").configuration.paths).toEqual([
      "P.A.A1",
      "P.Z.Z1",
    ]);
  });

  it("of a state that is left in the same microstep is what was active until then", () => {
    const next = step(started(interpreter), NO_HISTORY, "NEXT");
    const again = step(next.configuration, { "P.H": ["P.A.A1", "P.Z.Z1"] }, "AGAIN");
    expect(again.configuration.paths).toEqual(["P.A.A2", "P.Z.Z2"]);
  });

  it("may have any name", () => {
    const named = loadStates(["IN"], {
      initial: "A",
      states: {
        A: { on: { IN: { target: "constructor" } } },
        B: {},
        constructor: { type: "history", target: "B" },
      },
    });
    const other = createInterpreter(named);
    const result = other.macrostep(started(other), NO_HISTORY, "IN", new LoggingHost());
    expect(mustBeDone(result).configuration.paths).toEqual(["B"]);
  });

  it("around the domain leaves and enters no more than the domain has", () => {
    const around = loadStates(["E"], {
      initial: "A",
      states: {
        A: { initial: "A1", states: { A1: { on: { E: { target: "#test.H" } } }, A2: {} } },
        H: { type: "history", history: "deep", target: "#test.A.A2" },
      },
    });
    const other = createInterpreter(around);
    const host = new LoggingHost();
    other.macrostep(started(other), NO_HISTORY, "E", host);
    expect(host.calls.slice(3)).toEqual(["exit A.A1", "act 0 in A", "enter A.A2"]);
  });

  it("as the initial state of another is looked up each time", () => {
    const remembering = loadStates(["IN", "OUT", "NEXT"], {
      initial: "A",
      states: {
        A: { on: { IN: { target: "B" } } },
        B: {
          initial: "H",
          states: {
            H: { type: "history", target: "B1" },
            B1: { on: { NEXT: { target: "B2" } } },
            B2: {},
          },
          on: { OUT: { target: "A" } },
        },
      },
    });
    const other = createInterpreter(remembering);
    const go = (from: Configuration, history: HistoryValue, event: string) =>
      mustBeDone(other.macrostep(from, history, event, new LoggingHost()));
    const outside = started(other);
    expect(go(outside, NO_HISTORY, "IN").configuration.paths).toEqual(["B.B1"]);
    expect(go(outside, { "B.H": ["B.B2"] }, "IN").configuration.paths).toEqual(["B.B2"]);
    expect(go(outside, NO_HISTORY, "IN").configuration.paths).toEqual(["B.B1"]);
  });

  it("that names what the chart has not is our own mistake", () => {
    const out = step(started(interpreter), NO_HISTORY, "OUT");
    expect(() => step(out.configuration, { "P.H": ["P.A.GONE"] }, "DEEP")).toThrow(
      "history names states of this chart",
    );
  });
});

describe("onFailure of a region", () => {
  const chart = loadValue({
    chart: "test",
    version: 1,
    type: "parallel",
    transitions: { GO: { by: ["client"] } },
    states: {
      W: {
        initial: "OK",
        onFailure: "BROKEN",
        states: {
          OK: { initial: "ONE", states: { ONE: { on: { GO: {} } } } },
          BROKEN: { always: [{ target: "SAFE" }] },
          SAFE: {},
        },
      },
      V: { initial: "V1", states: { V1: {} } },
    },
  });
  const interpreter = createInterpreter(chart);
  const [working, other] = chart.regions;

  it("is entered from wherever the region is, and runs to completion", () => {
    if (working === undefined) throw new Error("there are two regions");
    const host = new LoggingHost();
    const result = mustBeDone(interpreter.fail(started(interpreter), NO_HISTORY, working, host));
    expect(host.calls).toEqual([
      "begin",
      "failure",
      "exit W.OK.ONE",
      "exit W.OK",
      "act -1 in W",
      "enter W.BROKEN",
      "eventless",
      "ask 1",
      "exit W.BROKEN",
      "act 1 in W",
      "enter W.SAFE",
    ]);
    expect(result).toMatchObject({ taken: true, microsteps: 2 });
    const history = { "W.H": ["W.SAFE"] };
    const kept = interpreter.fail(started(interpreter), history, working, new LoggingHost());
    expect(mustBeDone(kept).history).toBe(history);
    expect(result.configuration.paths).toEqual(["V.V1", "W.SAFE"]);
    expect(working).toMatchObject({ name: "W", onFailure: indexOf(chart, "W.BROKEN") });
  });

  it("changes nothing where the region has none", () => {
    if (other === undefined) throw new Error("there are two regions");
    const host = new LoggingHost();
    const before = started(interpreter);
    const result = mustBeDone(interpreter.fail(before, NO_HISTORY, other, host));
    expect(result).toMatchObject({ taken: false, configuration: before });
    expect(host.calls).toEqual(["begin"]);
    expect(other).toMatchObject({ name: "V", onFailure: -1, failure: null });
  });

  it("changes nothing where the region is not active", () => {
    const nested = loadValue({
      chart: "test",
      version: 1,
      regions: ["root", "In"],
      transitions: { GO: { by: ["client"] } },
      states: {
        A: { on: { GO: { target: "In" } } },
        In: { onFailure: "Y", states: { X: {}, Y: {} } },
      },
    });
    const inner = createInterpreter(nested);
    const region = nested.regions.find(({ name }) => name === "In");
    if (region === undefined) throw new Error("there is a region In");
    const result = inner.fail(started(inner), NO_HISTORY, region, new LoggingHost());
    expect(result).toMatchObject({ taken: false });
  });
});

describe("configurations", () => {
  const chart = loadStates(["E", "EVERYWHERE"], {
    initial: "P",
    on: { EVERYWHERE: {} },
    states: {
      P: {
        type: "parallel",
        states: {
          B: { initial: "B1", states: { B1: { on: { E: {} } }, B2: {}, H: { type: "history" } } },
          A: { initial: "A1", states: { A1: { always: [] }, A2: {} }, onDone: {} },
        },
      },
      Q: { type: "final" },
    },
  });
  const interpreter = createInterpreter(chart);

  it("are recognised by their paths, in any order, and are the same object", () => {
    const configuration = started(interpreter);
    expect(configuration.paths).toEqual(["P.A.A1", "P.B.B1"]);
    expect(configuration.leaves).toEqual([indexOf(chart, "P.B.B1"), indexOf(chart, "P.A.A1")]);
    expect(interpreter.configurationOf(["P.B.B1", "P.A.A1"])).toBe(configuration);
    expect(interpreter.configurationOf(["P.A.A1", "P.B.B1"])).toBe(configuration);
    expect(interpreter.configurationOf(configuration.paths)).toBe(configuration);
    expect(interpreter.configurationOf(["Q"])?.done).toBe(true);
    expect(configuration.isActive(0)).toBe(true);
    expect(configuration.isActive(indexOf(chart, "Q"))).toBe(false);
  });

  it.each([
    ["nothing", []],
    ["a state that is not there", ["X"]],
    ["too few", ["P.A.A1"]],
    ["two children of one state", ["P.A.A1", "P.A.A2", "P.B.B1"]],
    ["a state that is no leaf", ["P.A", "P.B.B1"]],
    ["one twice", ["P.A.A1", "P.A.A1", "P.B.B1"]],
    ["a history", ["P.A.A1", "P.B.H"]],
    ["both children of the root", ["P.A.A1", "P.B.B1", "Q"]],
  ])("are none with %s", (_, paths) => {
    expect(interpreter.configurationOf(paths)).toBeUndefined();
  });

  it("tell the events that they handle", () => {
    expect(interpreter.eventsOf(started(interpreter))).toEqual([
      "E",
      "EVERYWHERE",
      "done.state.P.A",
    ]);
  });
});

describe("the cache", () => {
  const chart = loadStates(["NEXT"], {
    states: { A: { on: { NEXT: { target: "B" } } }, B: { on: { NEXT: { target: "A" } } } },
  });

  it("gives the same objects while it has room, and others of the same content when it was full", () => {
    const roomy = createInterpreter(chart);
    const first = started(roomy);
    expect(started(roomy)).toBe(first);
    const tight = createInterpreter(chart, { cacheEntriesMax: 1 });
    const one = started(tight);
    const round = (): Configuration => {
      const b = mustBeDone(tight.macrostep(one, NO_HISTORY, "NEXT", new LoggingHost()));
      return mustBeDone(tight.macrostep(b.configuration, NO_HISTORY, "NEXT", new LoggingHost()))
        .configuration;
    };
    expect(round()).not.toBe(one);
    expect(round().paths).toEqual(one.paths);
    expect(() => createInterpreter(chart, { cacheEntriesMax: 0 })).toThrow(
      "a cache holds something",
    );
  });
});
