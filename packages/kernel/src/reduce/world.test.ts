import { describe, expect, it } from "vitest";
import { NO_LEAF } from "../hash.ts";
import { createKernel } from "./kernel.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { Overlay } from "./overlay.ts";
import { reduce } from "./reduce.ts";
import type { State, Verdict } from "./state.ts";
import { BOX, DESK } from "./test/charts.ts";
import { identityChart, keyOf, loadChart, mustBeAccepted, Rig } from "./test/rig.ts";
import type { Proposed } from "./test/rig.ts";
import { World } from "./world.ts";

const desk = loadChart(DESK);
const box = loadChart(BOX);

function opened(): Rig {
  const rig = new Rig(desk);
  rig.register("clerk", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.register("zoe", [{ role: "operator", scope: "*" }]);
  rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
  return rig;
}

describe("a world", () => {
  it("is the same after a snapshot as after all records", () => {
    const rig = opened();
    rig.must({
      instance: "identity/operator",
      transition: "Identity_Revoke",
      inputs: { reason: "x" },
      by: "zoe",
    });
    const { world } = rig;
    const restored = World.restore((hash) => rig.charts.get(hash), {
      origin: world.origin,
      bounds: world.bounds,
      flags: world.flags,
      node: world.node,
      charts: world.charts(),
      heads: world.heads(),
      end: world.end,
    });
    expect([...restored.heads()]).toEqual([...world.heads()]);
    expect([...restored.charts()]).toEqual([...world.charts()]);
    expect(restored.headCount).toBe(5);
    expect(restored.end).toEqual(world.end);
    expect(restored.registry.identityOf(keyOf("operator"))).toBeUndefined();
    expect(restored.registry.identityOf(keyOf("clerk"))).toBe("clerk");
    expect(restored.registry.operatorOtherThan("clerk")).toBe("zoe");
    expect(restored.registry.operatorOtherThan("zoe")).toBeUndefined();
    expect(restored.chart("desk")).toBe(desk);
    expect([restored.origin, restored.bounds, restored.flags, restored.node]).toEqual([
      world.origin,
      world.bounds,
      world.flags,
      world.node,
    ]);
  });

  it("finds charts that are at hand but not installed by hash alone", () => {
    const rig = opened();
    rig.charts.set(box.hash, box);
    expect(rig.world.chartByHash(box.hash)).toBe(box);
    expect(rig.world.chart("box")).toBeUndefined();
  });

  it("takes the next record alone (K2, K4), and nothing but genesis first (W3)", () => {
    const rig = opened();
    const [genesis, chart] = rig.records;
    const last = rig.records.at(-1);
    if (genesis === undefined || chart === undefined || last === undefined)
      throw new Error("records");
    const fresh = new World(() => identityChart());
    expect(() => rig.world.apply(last)).toThrow("K4");
    const { end } = rig.world;
    const next = { ...last, record: { ...last.record, index: end.size } };
    expect(() => rig.world.apply(next)).toThrow("names the last leaf");
    const early = { ...next, record: { ...next.record, prev: end.leaf, at: end.at - 1 } };
    expect(() => rig.world.apply(early)).toThrow("K2");
    const wrong = { ...chart, record: { ...chart.record, index: 0, prev: NO_LEAF } };
    expect(() => fresh.apply(wrong)).toThrow("W3");
    const { inputs: _, ...bare } = genesis.record;
    expect(() => fresh.apply({ ...genesis, record: bare })).toThrow("W3");
    fresh.apply(genesis);
    expect(fresh.end).toEqual({ size: 1, leaf: genesis.leaf, at: genesis.record.at });
  });
});

describe("an overlay", () => {
  const on = (rig: Rig, state: State, count: number, leaf: string, proposed: Proposed): Verdict => {
    const input = rig.input(proposed);
    const moment = { ...input.moment, index: rig.world.end.size + count, prev: leaf };
    return reduce(rig.kernel, state, { ...input, moment });
  };

  it("shows what a batch adds, the world below only after commit", () => {
    const rig = opened();
    const overlay = new Overlay(rig.world);
    const first = mustBeAccepted(
      on(rig, overlay, 0, rig.world.end.leaf, {
        instance: "desk/b",
        transition: "Desk_Open",
        by: "clerk",
      }),
    );
    overlay.apply(first);
    expect(overlay.head("desk/b")).toBe(first.heads[0]);
    expect(rig.world.head("desk/b")).toBeUndefined();
    expect(overlay.head("desk/a")).toBe(rig.world.head("desk/a"));
    expect([overlay.origin, overlay.node, overlay.flags, overlay.bounds]).toEqual([
      rig.world.origin,
      rig.world.node,
      rig.world.flags,
      rig.world.bounds,
    ]);
    expect(overlay.chart("desk")).toBe(desk);
    expect(overlay.chartByHash(desk.hash)).toBe(desk);
    expect(overlay.batch).toEqual([first]);
    overlay.commit();
    const head = { ...first.heads[0], index: first.record.index };
    expect(rig.world.head("desk/b")).toEqual(head);
    expect(overlay.batch).toEqual([]);
    expect(overlay.head("desk/b")).toEqual(head);
  });

  it("hides identities that changed in the batch", () => {
    const rig = opened();
    const overlay = new Overlay(rig.world);
    const { registry } = overlay;
    let leaf = rig.world.end.leaf;
    const take = (proposed: Proposed): void => {
      const accepted = mustBeAccepted(on(rig, overlay, overlay.batch.length, leaf, proposed));
      overlay.apply(accepted);
      leaf = accepted.leaf;
    };
    expect(registry.operatorOtherThan("zoe")).toBe("operator");
    take({ instance: "identity/operator", transition: "Identity_Revoke", inputs: { reason: "x" } });
    expect(registry.identityOf(keyOf("operator"))).toBeUndefined();
    expect(registry.operatorOtherThan("zoe")).toBeUndefined();
    expect(registry.operatorOtherThan("x")).toBe("zoe");
    take({
      instance: "identity/clerk",
      transition: "Identity_Rotate",
      inputs: { key: keyOf("clerk2"), signature: "c".repeat(86) },
      by: "clerk",
      verdict: [true],
    });
    expect(registry.identityOf(keyOf("clerk"))).toBeUndefined();
    expect(registry.identityOf(keyOf("clerk2"))).toBe("clerk");
    expect(rig.world.registry.identityOf(keyOf("clerk"))).toBe("clerk");
    expect(registry.identityOf(keyOf("nobody"))).toBeUndefined();
    take({
      instance: "identity/abe",
      transition: "Identity_Register",
      inputs: { key: keyOf("abe"), kind: "human", roles: [{ role: "operator", scope: "*" }] },
      by: "zoe",
    });
    expect(registry.operatorOtherThan("zoe")).toBe("abe");
    // Two operators above, none below: the least name counts.
    expect(registry.operatorOtherThan("x")).toBe("abe");
  });

  it("takes genesis and charts too, and nothing out of order", () => {
    const rig = opened();
    const [genesis, chart] = rig.records;
    if (genesis === undefined || chart === undefined) throw new Error("records");
    const world = new World((hash) => rig.charts.get(hash));
    const overlay = new Overlay(world);
    expect(() => overlay.apply(chart)).toThrow("K4");
    overlay.apply(genesis);
    expect(overlay.origin).toBe(rig.world.origin);
    expect(overlay.node).toBe(rig.world.node);
    expect(overlay.bounds).toEqual(rig.world.bounds);
    expect(overlay.flags).toEqual([]);
    overlay.apply(chart);
    expect(overlay.chart("desk")).toBe(desk);
    expect(overlay.chartByHash(desk.hash)).toBe(desk);
    overlay.commit();
    expect(world.chart("desk")).toBe(desk);
    expect(world.end.size).toBe(2);
  });
});

describe("a kernel", () => {
  it("derives what it needs of a chart once", () => {
    const kernel = createKernel(nodeHasher);
    expect(kernel.runtime(desk)).toBe(kernel.runtime(desk));
    expect(kernel.runtime(desk)).not.toBe(kernel.runtime(box));
  });
});
