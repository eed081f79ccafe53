import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { findPatterns } from "../patterns/find-patterns.ts";
import { PATTERN_CLASSES, type PatternClass } from "../patterns/pattern-class.ts";
import { cellsOf, SYMMETRIES } from "../patterns/shape.ts";
import { TEMPLATES, templateOf } from "../patterns/templates.ts";
import { soup } from "../random/soup.ts";
import { adapterHash, adapterText, readAdapter, turnRows, type Adapter } from "./adapter.ts";
import { AdapterRegistry } from "./adapter-registry.ts";
import { AmplitudeField } from "./amplitude-field.ts";
import { AMPLITUDE_MAX, AMPLITUDE_ONE, LEVEL_ONE } from "./limits.ts";
import { log2Fixed } from "./log2-fixed.ts";
import { LoraAutomaton, type RowSource } from "./lora-automaton.ts";
import { CONWAY_WEIGHTS, neighbourhoods, turnNeighbourhood } from "./neighbourhood.ts";
import { startPulse } from "./pulse.ts";
import { PULSE_LAW, PULSE_SHAPE } from "./pulse-settings.ts";
import { REGISTERED_ADAPTERS } from "./registered-adapters.ts";
import { adapterSource, blendSource } from "./row-sources.ts";

const SIZE = { width: 70, height: 45 };

function automatonOf(grid: Grid, channels = 1): LoraAutomaton {
  const automaton = new LoraAutomaton(grid, { law: PULSE_LAW, channels, hasher: nodeHasher });
  automaton.load(grid);
  return automaton;
}

function adapterFor(className: PatternClass): Adapter {
  const found = REGISTERED_ADAPTERS.find((one) => one.className === className);
  if (found === undefined) throw new Error(className);
  return found;
}

function patternIn(size: { width: number; height: number }, className: PatternClass): Grid {
  const grid = new Grid(size);
  const template = templateOf(className, 0, 0);
  if (template === undefined) throw new Error(className);
  for (const { x, y } of cellsOf(template.shape)) grid.set(20 + x, 20 + y, true);
  return grid;
}

/** A row of random entries, each against Conway's rule. */
const TESTING_ROW = Int8Array.from({ length: 512 }, (_, bits) =>
  bits % 3 === 0 ? -(CONWAY_WEIGHTS[bits] ?? 0) * (LEVEL_ONE + (bits % 17)) : 0,
);
const testing: RowSource = { rowAt: () => TESTING_ROW };

/** The definition, cell by cell: W₀[c] + Σ a·B[c] > 0. */
function byDefinition(automaton: LoraAutomaton, channels: readonly RowSource[]): Grid {
  const { width, height } = automaton.size;
  const around = new Uint16Array(width * height);
  neighbourhoods(automaton.read().toBytes(), automaton.size, around);
  const next = new Uint8Array(width * height);
  for (const [cell, bits] of around.entries()) {
    let weight = CONWAY_WEIGHTS[bits] ?? 0;
    for (const [channel, source] of channels.entries()) {
      const amplitude = (automaton.amplitudes(channel)[cell] ?? 0) / AMPLITUDE_ONE;
      weight += (amplitude * (source.rowAt(automaton.tick)[bits] ?? 0)) / LEVEL_ONE;
    }
    next[cell] = weight > 0 ? 1 : 0;
  }
  return Grid.fromBytes(automaton.size, next);
}

describe("the rule with adapters", () => {
  it("is W₀ + A·B, cell by cell, with one channel and with three, at every width", () => {
    for (const width of [32, 70, 96])
      for (const channels of [1, 3]) {
        const automaton = automatonOf(soup({ width, height: 45 }, { seed: 3 }), channels);
        for (let channel = 0; channel < channels; channel += 1) {
          automaton.setSource(channel, testing);
          automaton.addDisc(channel, { x: 30 * channel, y: 2, radius: 9, amplitude: 80_000 });
        }
        const sources = Array.from({ length: channels }, () => testing);
        for (let tick = 0; tick < 30; tick += 1) {
          const expected = byDefinition(automaton, sources);
          automaton.step();
          expect(automaton.read().equals(expected)).toBe(true);
        }
      }
  });

  it("is Conway's bit by bit without amplitude, below a third of it, and after a pulse has ended", () => {
    const start = soup(SIZE, { seed: 5 });
    const engine = new NaiveEngine(nodeHasher);
    engine.load(start, CONWAY);
    const automaton = automatonOf(start);
    automaton.setSource(0, testing);
    automaton.addDisc(0, { x: 20, y: 20, radius: 15, amplitude: Math.floor(AMPLITUDE_ONE / 3) });
    for (let tick = 0; tick < 50; tick += 1) {
      automaton.step();
      engine.step(1);
      expect(automaton.hash()).toBe(engine.hash());
    }
    automaton.addDisc(0, { x: 20, y: 20, radius: 15, amplitude: AMPLITUDE_ONE });
    automaton.step();
    engine.step(1);
    expect(automaton.hash()).not.toBe(engine.hash());
    automaton.clear(0);
    engine.load(automaton.read(), CONWAY);
    automaton.step();
    engine.step(1);
    expect(automaton.hash()).toBe(engine.hash());
    expect(automaton.amplitudes(0).every((one) => one === 0)).toBe(true);
  });

  it("acts in the discs alone: cells out of their reach go on as if nothing were", () => {
    const start = soup({ width: 192, height: 192 }, { seed: 5 });
    const automaton = automatonOf(start);
    automaton.setSource(0, testing);
    automaton.addDisc(0, { x: 20, y: 20, radius: 8, amplitude: AMPLITUDE_ONE });
    automaton.step();
    const engine = new BitsEngine(nodeHasher);
    engine.load(start, CONWAY);
    engine.step(1);
    const other = engine.read();
    let differing = 0;
    for (let y = 0; y < 192; y += 1)
      for (let x = 0; x < 192; x += 1) {
        if (automaton.read().get(x, y) === other.get(x, y)) continue;
        differing += 1;
        expect((x - 20) ** 2 + (y - 20) ** 2).toBeLessThanOrEqual(64);
      }
    expect(differing).toBeGreaterThan(0);
  });
});

describe("a switch", () => {
  it("acts from the next tick on with the new row at every cell, and with the old one before", () => {
    const automaton = automatonOf(soup(SIZE, { seed: 9 }));
    const other: RowSource = {
      rowAt: () => TESTING_ROW.map((level) => (level === 0 ? 0 : -level)),
    };
    automaton.addDisc(0, { x: 30, y: 20, radius: 20, amplitude: AMPLITUDE_ONE });
    for (const source of [testing, other, testing, other]) {
      automaton.setSource(0, source);
      const expected = byDefinition(automaton, [source]);
      automaton.step();
      expect(automaton.read().equals(expected)).toBe(true);
    }
  });

  it("may be to a blend: weighted sums, clamped", () => {
    const blend = blendSource([
      { source: testing, perMille: 500 },
      { source: testing, perMille: 1_500 },
    ]);
    const rows = blend.rowAt(0);
    for (const [bits, level] of TESTING_ROW.entries())
      expect(rows[bits]).toBe(Math.sign(level) * Math.min(24, 2 * Math.abs(level)));
  });
});

describe("amplitude", () => {
  it("is made by discs and the diffusion equation alone, in fixed point, the same in tiles as everywhere", () => {
    const field = new AmplitudeField(SIZE, PULSE_LAW);
    field.addDisc({ x: 2, y: 3, radius: 6, amplitude: 98_304 });
    let plain = Array.from(field.amplitudes);
    for (let tick = 0; tick < 120; tick += 1) {
      field.step();
      plain = plain.map((own, cell) => {
        const [x, y] = [cell % 70, Math.floor(cell / 70)];
        let sum8 = -own;
        for (let down = -1; down <= 1; down += 1)
          for (let right = -1; right <= 1; right += 1)
            sum8 += plain[((y + down + 45) % 45) * 70 + ((x + right + 70) % 70)] ?? 0;
        return Math.trunc(((8_192 * own + 102 * (sum8 - 8 * own)) * 65_208) / 2 ** 29);
      });
      expect(Array.from(field.amplitudes)).toEqual(plain);
    }
  });

  it("as a wave runs outwards and is clamped; what is left of any pulse ends at zero", () => {
    const wave = new AmplitudeField(
      { width: 96, height: 96 },
      { keepPer65536: 64_000, spreadPer1024: 920, inertiaPer1024: 1_000 },
    );
    wave.addDisc({ x: 48, y: 48, radius: 3, amplitude: AMPLITUDE_MAX });
    let reach = 0;
    for (let tick = 0; tick < 30; tick += 1) {
      wave.step();
      for (const [cell, amplitude] of wave.amplitudes.entries()) {
        expect(Math.abs(amplitude)).toBeLessThanOrEqual(AMPLITUDE_MAX);
        if (amplitude > AMPLITUDE_ONE / 3) reach = Math.max(reach, Math.abs((cell % 96) - 48));
      }
    }
    expect(reach).toBeGreaterThan(6);
    for (const law of [
      PULSE_LAW,
      { keepPer65536: 60_000, spreadPer1024: 900, inertiaPer1024: 900 },
    ]) {
      const field = new AmplitudeField(SIZE, law);
      field.addDisc({ x: 1, y: 1, radius: 4, amplitude: AMPLITUDE_ONE });
      for (let tick = 0; tick < 6_000; tick += 1) field.step();
      expect(field.amplitudes.every((one) => one === 0)).toBe(true);
    }
  });
});

describe("adapters", () => {
  it("are ten, one a class, whose text gives them again", () => {
    expect(REGISTERED_ADAPTERS.map(({ className }) => className)).toEqual(PATTERN_CLASSES);
    for (const adapter of REGISTERED_ADAPTERS) {
      const again = readAdapter(JSON.parse(adapterText(adapter)));
      expect(adapterHash(again, nodeHasher)).toBe(adapterHash(adapter, nodeHasher));
      // Every entry has the sign against Conway's rule: negative amplitude is harmless.
      for (const row of adapter.rows)
        for (const [bits, level] of row.entries())
          expect(level * (CONWAY_WEIGHTS[bits] ?? 0)).toBeLessThanOrEqual(0);
    }
  });

  it("have the very rows that were fitted before the runs: whoever changes one changes its hash", () => {
    expect(
      REGISTERED_ADAPTERS.map((one) => `${one.className} ${adapterHash(one, nodeHasher)}`),
    ).toEqual([
      "block sha256-aa98a72d29fab2281068fb9fe8f468be9f03b2c1fb5f1481be74300271f19b96",
      "beehive sha256-f502ef31c1d0f6cb776c8006584e33b3f725a562bb1c6b157f3aacccf9ce8f8a",
      "loaf sha256-aa10ad5b05a12e8dfdeb161d5f67fd9dae2188b2bd62b171236745b0483a6ddd",
      "boat sha256-967475c0605e72548ebf86bec9dcb5c4cb1fb279a58d31219aaeed0656a2255f",
      "tub sha256-ea417a49f0bcb6c16f36bc6ef9488455638816aa2fe668de8b1d1e005330a74f",
      "blinker sha256-703a85fb9d92131eeb980b17a50d4d77b3794337ffcfa121c4f14615aaa9242d",
      "toad sha256-af670eebb7ac03482187983333bd664aebce3ab6edb8952ca1d1731430a845a2",
      "beacon sha256-b0fd6d249c1f73e7ac4897ebea40fd32c795e1bed74341bd65ffc3d8b2db171d",
      "glider sha256-4f1f1f0e44ac4aba9ae749a856dfce608b3e5ee1ce2c5f09529d7d4577f0551d",
      "lwss sha256-a05c8c9219b446e02ad7ef45c0d0d77288dc2a361957ad8a802c654d5bc04f02",
    ]);
  });

  it("leave an undisturbed pattern alone, in every orientation and phase", () => {
    for (const template of TEMPLATES) {
      const grid = new Grid(SIZE);
      for (const { x, y } of cellsOf(template.shape)) grid.set(30 + x, 20 + y, true);
      const automaton = automatonOf(grid);
      automaton.setSource(0, adapterSource(adapterFor(template.className), { template, tick: 0 }));
      automaton.addDisc(0, { x: 32, y: 22, radius: 20, amplitude: AMPLITUDE_ONE * 2 });
      const engine = new BitsEngine(nodeHasher);
      engine.load(grid, CONWAY);
      for (let tick = 0; tick < 8; tick += 1) {
        automaton.step();
        engine.step(1);
        expect([template.className, automaton.hash()]).toEqual([template.className, engine.hash()]);
      }
    }
  });

  it("turn with the plane: a turned row of a turned neighbourhood is the row of the neighbourhood", () => {
    for (const symmetry of SYMMETRIES) {
      const [turned] = turnRows([TESTING_ROW], symmetry);
      expect(
        new Set(Array.from({ length: 512 }, (_, bits) => turnNeighbourhood(bits, symmetry))).size,
      ).toBe(512);
      for (let bits = 0; bits < 512; bits += 1) {
        expect(turned?.[turnNeighbourhood(bits, symmetry)]).toBe(TESTING_ROW[bits]);
        expect(CONWAY_WEIGHTS[turnNeighbourhood(bits, symmetry)]).toBe(CONWAY_WEIGHTS[bits]);
      }
    }
  });

  it("have logarithms that integers alone make", () => {
    for (const value of [1, 2, 3, 7, 1_000, 1_568_239_201, 9_007_199_254_740_991]) {
      const exact = Math.log2(value) * 65_536;
      expect(Math.abs(log2Fixed(value) - exact)).toBeLessThan(1.1);
    }
    expect(() => log2Fixed(0)).toThrow("positive");
  });
});

describe("a registry", () => {
  const glider = adapterFor("glider");

  it("knows adapters by content: once each, a thousand of them", () => {
    const registry = new AdapterRegistry(nodeHasher);
    expect(registry.register(glider)).toBe(
      registry.register(readAdapter(JSON.parse(adapterText(glider)))),
    );
    for (let firstSeed = 0; firstSeed < 999; firstSeed += 1)
      registry.register({ ...glider, fit: { ...glider.fit, firstSeed: 1_000 + firstSeed } });
    expect(registry.size).toBe(1_000);
  });

  it("refuses unknown, retired and mismatched ones with what to do, and gives retired ones for replays", () => {
    const registry = new AdapterRegistry(nodeHasher);
    const id = registry.register(glider);
    const codeOf = (className: PatternClass) => {
      const chosen = registry.choose(id, className);
      return "code" in chosen ? chosen.code : "chosen";
    };
    expect(codeOf("glider")).toBe("chosen");
    expect(codeOf("block")).toBe("mismatched_adapter");
    expect(registry.forClass("glider")).toEqual([id]);
    expect(registry.retire(id)).toBe(true);
    expect(codeOf("glider")).toBe("retired_adapter");
    expect(registry.forClass("glider")).toEqual([]);
    expect(registry.get(id)).toBe(glider);
    expect(registry.activate(id)).toBe(true);
    expect(codeOf("glider")).toBe("chosen");
    expect(registry.retire(`sha256-${"0".repeat(64)}`)).toBe(false);
    const unknown = registry.choose(`sha256-${"0".repeat(64)}`, "glider");
    expect("code" in unknown ? unknown.message : "").toContain("register it first");
  });

  it("is asked before a pulse starts: another pattern's adapter starts nothing", () => {
    const automaton = automatonOf(patternIn(SIZE, "block"));
    const registry = new AdapterRegistry(nodeHasher);
    const adapter = registry.register(glider);
    const [found] = findPatterns(automaton.read());
    if (found === undefined) throw new Error("no block");
    const started = startPulse(automaton, registry, {
      channel: 0,
      adapter,
      found,
      shape: PULSE_SHAPE,
    });
    expect(started).toMatchObject({ started: false, refusal: { code: "mismatched_adapter" } });
    expect(automaton.amplitudes(0).every((one) => one === 0)).toBe(true);
  });
});

describe("a pulse", () => {
  it("mends a flip that Conway's rule would not, follows its ship, and ends", () => {
    const registry = new AdapterRegistry(nodeHasher);
    const id = registry.register(adapterFor("glider"));
    const grid = patternIn({ width: 96, height: 96 }, "glider");
    const automaton = automatonOf(grid);
    const alone = automatonOf(grid);
    const [found] = findPatterns(grid);
    if (found === undefined) throw new Error("no glider");
    const started = startPulse(automaton, registry, {
      channel: 0,
      adapter: id,
      found,
      shape: PULSE_SHAPE,
    });
    if (!started.started) throw new Error(started.refusal.message);
    for (let tick = 0; tick < 200; tick += 1) {
      if (tick % 16 === 0) started.pulse.follow(automaton.read());
      if (tick === 100) {
        // The same cell beside each glider: 100 ticks are 25 cells.
        for (const one of [automaton, alone]) {
          const noisy = one.read();
          noisy.set(20 + 25, 20 + 25, noisy.get(45, 45) === 0);
          one.load(noisy);
        }
      }
      automaton.step();
      alone.step();
    }
    expect(findPatterns(automaton.read())).toMatchObject([
      { left: 70, top: 70, template: { className: "glider", heading: "SE" } },
    ]);
    expect(
      findPatterns(alone.read()).filter(({ template }) => template.className === "glider"),
    ).toEqual([]);
    started.pulse.end();
    expect(automaton.amplitudes(0).every((one) => one === 0)).toBe(true);
  });
});
