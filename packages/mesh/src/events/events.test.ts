import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { sendRandomly, smallMesh } from "../shards/test/small-mesh.ts";
import { createWire } from "../shards/wire.ts";
import { createEventWriter } from "./event-writer.ts";
import { liveState } from "./live-state.ts";
import { EVENT_FIELDS, eventSchemas, LOG_SCHEMA, type LogEvent } from "./log-event.ts";
import { wayText } from "./state-text.ts";
import { createLogReader, validateEvents } from "./validate-events.ts";

/** A log of a mesh under loss, doubles and deaths, with the mesh that it came from. */
function recorded(seed: number, shards = 40) {
  const small = smallMesh({
    seed,
    sendsPerTick: 2,
    wire: createWire(
      { lossPerMillion: 50_000, duplicatePerMillion: 50_000, delayTicksMax: 2 },
      seed,
    ),
  });
  const draws = createDraws(seed);
  sendRandomly(small, seed, shards);
  const states: string[] = [];
  for (let tick = 1; tick < 120; tick += 1) {
    small.mesh.tick();
    if (tick % 9 === 0) small.mesh.kill(draws.below(25));
    if (tick % 11 === 0) small.mesh.heal(draws.below(25));
    if (tick < WATCHED_TICKS) states.push(liveState(small.mesh));
  }
  const writer = createEventWriter();
  const begin: LogEvent = {
    type: "begin",
    schema: LOG_SCHEMA,
    width: 5,
    height: 5,
    wraps: 1,
    reach: 8,
    seed,
  };
  const lines = [[0, begin] as const, ...small.events].map(([tick, event]) =>
    writer.line(event, tick),
  );
  const { injected, delivered, inFlight } = small.mesh.counts();
  lines.push(writer.line({ type: "close", injected, delivered, inFlight }, small.mesh.tickNumber));
  return { small, lines, states, text: lines.join("") };
}

/** Ticks of a log after each of which the live state is kept. */
const WATCHED_TICKS = 60;

const tickOf = (line = ""): number => Number(line.split(",")[1]);

describe("a log", () => {
  it("replays to what the mesh was, with no false alarm", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { small, lines, text } = recorded(seed);
      const read = validateEvents(text);
      expect(read.problem).toBeUndefined();
      expect(read).toMatchObject({ lines: lines.length, length: text.length, isClosed: true });
      const counts = small.mesh.counts();
      expect(read.state.counts).toMatchObject({
        injected: counts.injected,
        delivered: counts.delivered,
        duplicates: counts.duplicates,
        ended: counts.expired + counts.dropped.unreachable + counts.dropped["cell-died"],
      });
      expect(read.state.live.size).toBe(counts.inFlight);
      expect(read.state.digest()).toBe(liveState(small.mesh));
    }
  });

  it("replays to the same copies, ways and counts as the cells had, after every tick", () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const { lines, states, small } = recorded(seed, 80);
      const ways = new Map<number, string>();
      const reader = createLogReader((shard, way) => ways.set(shard, way));
      let at = 0;
      for (const [index, state] of states.entries()) {
        for (; at < lines.length && tickOf(lines[at]) <= index + 1; at += 1)
          expect(reader.add((lines[at] ?? "").slice(0, -1))).toBeUndefined();
        expect([index, reader.state.digest()]).toEqual([index, state]);
      }
      for (; at < lines.length; at += 1) reader.add((lines[at] ?? "").slice(0, -1));
      expect(ways.size).toBeGreaterThan(40);
      for (const [id, { shard }] of small.delivered)
        expect([id, ways.get(id)]).toEqual([id, wayText(shard.at)]);
    }
  });

  it("names the line that was changed, cut out, doubled or swapped, whichever it is", () => {
    const { lines } = recorded(3);
    const draws = createDraws(5);
    for (let trial = 0; trial < 300; trial += 1) {
      const at = draws.below(lines.length - 1);
      const [line = "", next = ""] = [lines[at], lines[at + 1]];
      const spot = draws.below(line.length - 1);
      const letter = String.fromCharCode(line.charCodeAt(spot) ^ (1 << draws.below(6)));
      const damaged: readonly (readonly [string, readonly string[]])[] = [
        ["changed", lines.with(at, line.slice(0, spot) + letter + line.slice(spot + 1))],
        ["cut", lines.toSpliced(at, 1)],
        ["doubled", lines.toSpliced(at, 0, line)],
        ["swapped", lines.with(at, next).with(at + 1, line)],
      ];
      for (const [how, kept] of damaged) {
        const read = validateEvents(kept.join(""));
        const expected = how === "doubled" ? at + 2 : at + 1;
        expect([how, at, read.problem?.line]).toEqual([how, at, expected]);
      }
    }
  });

  it("misses no line of a whole log that was changed, cut out, doubled or swapped; a cut close is told", () => {
    const { lines } = recorded(4, 3);
    const problemOf = (kept: readonly string[]): number | undefined =>
      validateEvents(kept.join("")).problem?.line;
    for (const [at, line] of lines.entries()) {
      const middle = line.length >> 1;
      const letter = String.fromCharCode(line.charCodeAt(middle) ^ 1);
      const changed = line.slice(0, middle) + letter + line.slice(middle + 1);
      expect([at, problemOf(lines.with(at, changed))]).toEqual([at, at + 1]);
      expect([at, problemOf(lines.toSpliced(at, 0, line))]).toEqual([at, at + 2]);
      if (at === lines.length - 1) continue;
      expect([at, problemOf(lines.toSpliced(at, 1))]).toEqual([at, at + 1]);
      const swapped = lines.with(at, lines[at + 1] ?? "").with(at + 1, line);
      expect([at, problemOf(swapped)]).toEqual([at, at + 1]);
    }
    // Without its last line a log is a good one that is still written: whoever needs the end asks for it.
    const open = validateEvents(lines.slice(0, -1).join(""));
    expect([open.problem, open.isClosed]).toEqual([undefined, false]);
  });

  it("is a valid prefix after a crash at any byte, and says where it was cut", () => {
    const { text } = recorded(4, 3);
    for (let cut = 1; cut < text.length; cut += 1) {
      const read = validateEvents(text.slice(0, cut));
      const whole = text.slice(0, cut).lastIndexOf("\n") + 1;
      expect(read.length).toBe(whole);
      expect(read.isClosed).toBe(false);
      expect(read.problem === undefined).toBe(whole === cut);
      if (whole > 0) expect(validateEvents(text.slice(0, read.length)).problem).toBeUndefined();
    }
  });

  it("refuses what the form allows but the story does not, by the rule that it breaks", () => {
    const begin: LogEvent = {
      type: "begin",
      schema: LOG_SCHEMA,
      width: 3,
      height: 3,
      wraps: 0,
      reach: 4,
      seed: 1,
    };
    const inject: LogEvent = {
      type: "inject",
      shard: 1,
      cell: 0,
      to: 8,
      payload: "p",
      ttlTicks: 9,
    };
    const hop = (from: number, to: number, hops = 1): LogEvent => ({
      type: "hop",
      shard: 1,
      from,
      to,
      reason: "greedy",
      hops,
    });
    const cases: readonly (readonly [readonly (readonly [number, LogEvent])[], string])[] = [
      [[[0, inject]], "begins with a line of type begin"],
      [
        [
          [0, begin],
          [0, begin],
        ],
        "begins twice",
      ],
      [[[0, { ...begin, reach: 5 }]], "reach 5"],
      [[[0, { ...begin, width: 2 }]], "width 2"],
      [[[0, { ...begin, schema: 1 }]], "schema 1"],
      [
        [
          [0, begin],
          [5, inject],
          [4, hop(0, 1)],
        ],
        "time does not run back",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [1, hop(1, 2)],
        ],
        "hops from cell 1, but is at cell 0",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [1, hop(0, 4)],
        ],
        "cell 4 is not beside cell 0",
      ],
      [
        [
          [0, begin],
          [0, { type: "kill", cell: 1 }],
          [0, inject],
          [1, hop(0, 1)],
        ],
        "which is dead",
      ],
      [
        [
          [0, begin],
          [0, { ...inject, shard: 2 }],
        ],
        "not the next one, 1",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [0, { type: "deliver", shard: 1, cell: 8, hops: 0 }],
        ],
        "is at cell 0",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [0, { type: "deliver", shard: 1, cell: 0, hops: 3 }],
        ],
        "has made 0 hops",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [1, hop(0, 1)],
          [1, { type: "deliver", shard: 1, cell: 1, hops: 0 }],
        ],
        "has made 1 hops",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [1, hop(0, 1, 2)],
        ],
        "has made 0 hops, not 1",
      ],
      [
        [
          [0, begin],
          [0, inject],
          [1, { type: "recover", shard: 1, cell: 1, hops: 1 }],
        ],
        "never came to cell 1 with 1 hops",
      ],
      [
        [
          [0, begin],
          [0, { type: "heal", cell: 1 }],
        ],
        "alive already",
      ],
      [
        [
          [0, begin],
          [0, { type: "kill", cell: 9 }],
        ],
        "there is no cell 9",
      ],
      [
        [
          [0, begin],
          [0, { type: "close", injected: 1, delivered: 0, inFlight: 0 }],
        ],
        "says 1 injected",
      ],
      [
        [
          [0, begin],
          [0, { type: "close", injected: 0, delivered: 0, inFlight: 0 }],
          [0, inject],
        ],
        "closed the log",
      ],
    ];
    for (const [events, message] of cases) {
      const writer = createEventWriter();
      const read = validateEvents(events.map(([tick, event]) => writer.line(event, tick)).join(""));
      expect(read.problem?.problem).toContain(message);
      expect(read.problem?.line).toBe(events.length);
    }
    expect(validateEvents("").problem?.problem).toBe("the log is empty");
  });

  it("is refused at the first line that has not the fields of its type", () => {
    const line = (fields: string): string => `[0,0,${fields},"0123456789a"]\n`;
    const cases: readonly (readonly [string, string])[] = [
      ["{}\n", "not an array"],
      ['{"seq":0,"tick":0,"type":"begin","schema":1}\n', "read by the version that wrote them"],
      ["[\n", "not JSON"],
      ["[-1,0]\n", "seq -1 is no count"],
      ['[0,"0"]\n', 'tick "0" is no count'],
      [line('"jump"'), 'unknown type "jump"'],
      ['[0,0,"kill"]\n', "kill.cell (absent) is no count"],
      ['[0,0,"kill",1]\n', "sum (absent) is not 11 letters"],
      [line('"kill",-1'), "kill.cell -1 is no count"],
      [line('"kill",1.5'), "kill.cell 1.5 is no count"],
      [line('"kill",1,2'), "kill has 1 fields and a sum, not 3 values"],
      [line('"reject",1,"tired"'), "none of window, dead"],
      [line('"state",5'), "state.hash 5 is no text"],
    ];
    for (const [text, message] of cases)
      expect(validateEvents(text).problem?.problem).toContain(message);
    expect(Object.keys(eventSchemas())).toEqual(Object.keys(EVENT_FIELDS));
    expect(eventSchemas()["hop"]).toMatchObject({ items: false, minItems: 9 });
  });
});
