import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { createLedger } from "./ledger.ts";
import { wayOf } from "./shard.ts";
import { sendRandomly, smallMesh } from "./test/small-mesh.ts";
import { createTopology } from "./topology.ts";
import { createWire, type Frame, type Wire } from "./wire.ts";

const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0);

describe("a shard", () => {
  it("moves one cell a tick and is delivered once, at the place it is addressed to", () => {
    const small = smallMesh();
    const id = small.send(0, 12);
    small.run(10);
    const arrival = small.delivered.get(id);
    expect(arrival?.cell).toBe(12);
    expect(arrival?.shard.hops).toBe(2);
    // Waits for its first tick, then two hops of one tick each.
    expect(arrival?.tick).toBe(3);
    expect(small.mesh.counts()).toMatchObject({ injected: 1, delivered: 1, inFlight: 0 });
  });

  it("enters no cell twice but by going back, and records its way", () => {
    const small = smallMesh({ side: 5, wraps: false, reach: 4 });
    // A wall with a hole in the far corner: 12 is walled in but for 13.
    for (const cell of [6, 7, 8, 11, 16, 17]) small.mesh.kill(cell);
    const id = small.send(0, 12);
    small.run(60);
    const way = wayOf(
      small.delivered.get(id)?.shard.at ?? { cell: -1, back: undefined, earlier: undefined },
    );
    expect(way.at(0)).toBe(0);
    expect(way.at(-1)).toBe(12);
    const stack: number[] = [];
    for (const cell of way) {
      if (stack.at(-2) === cell) stack.pop();
      else {
        expect(stack).not.toContain(cell);
        stack.push(cell);
      }
    }
    expect(way.length - 1).toBeLessThanOrEqual(2 * (25 - 1));
  });

  it("ends with a cause where no way leads, and by age", () => {
    const small = smallMesh({ wraps: false, reach: 4 });
    for (const cell of [19, 23]) small.mesh.kill(cell);
    small.send(0, 24);
    small.run(100);
    expect(small.mesh.counts().dropped.unreachable).toBe(1);
    small.send(0, 12, 2);
    small.run(5);
    expect(small.mesh.counts().expired).toBe(1);
  });

  it("survives the death of the cell that holds it: the cell behind has kept a copy", () => {
    const small = smallMesh({ side: 9, wraps: false, reach: 4 });
    const id = small.send(0, 80);
    small.run(5);
    const place = small.events.findLast(([, event]) => event.type === "hop")?.[1];
    if (place?.type !== "hop") throw new Error("it has not moved");
    small.mesh.kill(place.to);
    small.run(60);
    expect(small.delivered.get(id)?.cell).toBe(80);
    expect(small.events.some(([, event]) => event.type === "recover")).toBe(true);
    expect(small.mesh.counts()).toMatchObject({ delivered: 1, inFlight: 0 });
  });
});

describe("conservation", () => {
  it("holds at every tick under loss, doubles, delays and deaths (L1, M4)", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer({ min: 1, max: 1_000_000 }),
          lossPerMillion: fc.constantFrom(0, 10_000, 100_000, 400_000),
          duplicatePerMillion: fc.constantFrom(0, 50_000),
          delayTicksMax: fc.constantFrom(0, 3),
          killEvery: fc.constantFrom(3, 7, 1_000),
        }),
        ({ seed, killEvery, ...faults }) => {
          const small = smallMesh({ seed, wire: createWire(faults, seed), sendsPerTick: 2 });
          const draws = createDraws(seed);
          sendRandomly(small, seed, 60);
          for (let tick = 1; tick < 300; tick += 1) {
            // tick() audits the books against the copies that the cells hold.
            small.mesh.tick();
            if (tick % killEvery === 0) small.mesh.kill(draws.below(25));
            if (tick % 5 === 0) small.mesh.heal(draws.below(25));
          }
          const ids = small.events.flatMap(([, event]) =>
            event.type === "deliver" ? [event.shard] : [],
          );
          expect(new Set(ids).size).toBe(ids.length);
          const counts = small.mesh.counts();
          const { unreachable, "cell-died": died } = counts.dropped;
          expect(counts.injected).toBe(60);
          expect(counts.delivered + counts.inFlight + counts.expired + unreachable + died).toBe(60);
        },
      ),
      { numRuns: 60 * (SOAK * 20 + 1) },
    );
  });

  it("is found broken when the cells hold other shards than the books say (L1)", () => {
    const ledger = createLedger();
    ledger.inject(1);
    ledger.hold(1);
    ledger.audit(1, (see) => see(1));
    expect(() => ledger.audit(2, () => {})).toThrow("the cells hold 0 shards, the books say 1");
    expect(() => ledger.inject(1)).toThrow("L2");
  });

  it("retries until an acknowledgement comes: without any, the shard still arrives, and is kept till it expires", () => {
    const small = smallMesh({ wire: withoutAcks() });
    const id = small.send(0, 1, 50);
    small.run(40);
    expect(small.delivered.has(id)).toBe(true);
    expect(small.mesh.counts().duplicates).toBeGreaterThan(3);
    small.run(20);
    expect(small.mesh.counts().inFlight).toBe(0);
  });
});

describe("back-pressure", () => {
  it("turns away at injection alone, with the reason, and takes more once word of deliveries is home (M3)", () => {
    const small = smallMesh({ windowShards: 2 });
    small.send(0, 12);
    small.send(0, 12);
    expect(() => small.send(0, 12)).toThrow("as many shards under way as it may");
    small.run(8);
    expect(small.mesh.counts().delivered).toBe(2);
    small.send(0, 12);
    small.mesh.kill(3);
    expect(() => small.send(3, 12)).toThrow("cell 3 is dead");
  });
});

describe("bad input", () => {
  it("is refused with the value", () => {
    expect(() => createTopology({ width: 2, height: 5 })).toThrow("width 2");
    expect(() => createTopology({ width: 1_000, height: 1_000 })).toThrow("1000000 cells");
    expect(() =>
      createWire({ lossPerMillion: -1, duplicatePerMillion: 0, delayTicksMax: 0 }, 1),
    ).toThrow("-1");
    const small = smallMesh();
    expect(() => small.mesh.kill(25)).toThrow("there is no cell 25; cells are 0 … 24");
    expect(() => small.send(0, 1, 0)).toThrow("ttlTicks 0");
  });
});

function withoutAcks(): Wire {
  const inner = createWire({ lossPerMillion: 0, duplicatePerMillion: 0, delayTicksMax: 0 }, 1);
  return {
    send: (frame: Frame, tick) => (frame.kind === "ack" ? undefined : inner.send(frame, tick)),
    due: (tick) => inner.due(tick),
    carried: 0,
  };
}
