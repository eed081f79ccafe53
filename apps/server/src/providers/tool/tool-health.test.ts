import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProjectTool } from "../../project-file/project-plan.ts";
import { ProviderRig } from "../test/provider-rig.ts";
import { FakeToolProbe } from "./test/fake-tool-probe.ts";
import { ToolHealth } from "./tool-health.ts";

let rig: ProviderRig;
let health: ToolHealth;
let probes: Map<string, FakeToolProbe>;

beforeEach(() => {
  rig = new ProviderRig();
  probes = new Map();
  const { clock, notify, propose } = rig;
  health = new ToolHealth({
    clock,
    notify,
    propose,
    everyMs: 1_000,
    makeProbe: ({ name }) => {
      const probe = new FakeToolProbe({ kind: "up", version: "1.0.0", tools: 3 });
      probes.set(name, probe);
      return probe;
    },
  });
});
afterEach(async () => {
  await health.stop();
  rig.end();
});

const tool = (name: string, pin = "1.0.0"): ProjectTool => ({
  name,
  pin,
  server: { kind: "http", url: "https://t.example/" },
});

describe("the health of tools", () => {
  it("is told at once and at each interval, and holds for three", async () => {
    await health.start();
    await health.watch([tool("a"), tool("b", "")]);
    expect(rig.read("tool/a")).toMatchObject({
      endpoint: "fake:tool",
      pinned: "1.0.0",
      tools: 3,
      version: "1.0.0",
      valid_until: rig.clock.now() + 3_000,
    });
    expect(rig.configuration("tool/b")).toEqual(["STATUS.UP"]);
    await rig.advance(2_000, 500);
    expect(probes.get("a")?.looks).toBe(3);
  });

  it("says at once that a server went away, that it flaps, and that it has another version", async () => {
    await health.start();
    await health.watch([tool("a")]);
    probes.get("a")?.go();
    await rig.settle();
    expect(rig.configuration("tool/a")).toEqual(["STATUS.DOWN"]);
    expect(rig.read("tool/a")).toMatchObject({ reason: "gone" });
    const probe = probes.get("a");
    if (probe === undefined) throw new Error("no probe");
    probe.seen = { kind: "up", version: "2.0.0", tools: 1 };
    await rig.advance(1_000);
    expect(rig.read("tool/a")).toMatchObject({ version: "2.0.0", pinned: "1.0.0", tools: 1 });
    expect(rig.configuration("tool/a")).toEqual(["STATUS.UP"]);
  });

  it("leaves tools that nobody asks for any more, and those that are pinned anew are looked at anew", async () => {
    await health.start();
    await health.watch([tool("a"), tool("b")]);
    const [a, b] = [probes.get("a"), probes.get("b")];
    await health.watch([tool("a", "2.0.0")]);
    expect([a?.isClosed, b?.isClosed]).toEqual([true, true]);
    expect(rig.read("tool/a")).toMatchObject({ pinned: "2.0.0" });
    const looks = b?.looks;
    await rig.advance(5_000, 1_000);
    expect(b?.looks).toBe(looks);
    await health.stop();
    const told = rig.proposed.length;
    await rig.advance(5_000, 1_000);
    expect(rig.proposed).toHaveLength(told);
  });

  it("goes on where the engine was away", async () => {
    await health.start();
    rig.isUp = false;
    await health.watch([tool("a")]);
    expect(rig.notes).toEqual([expect.stringContaining("the engine is away")]);
    rig.isUp = true;
    await rig.advance(1_000);
    expect(rig.configuration("tool/a")).toEqual(["STATUS.UP"]);
  });
});
