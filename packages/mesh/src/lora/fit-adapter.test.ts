import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { PATTERN_CLASSES } from "../patterns/pattern-class.ts";
import { adapterText } from "./adapter.ts";
import { fitAdapter } from "./fit-adapter.ts";
import { meanPersistence } from "./mean-persistence.ts";
import { NEIGHBOURHOODS } from "./neighbourhood.ts";
import { REGISTERED_ADAPTERS } from "./registered-adapters.ts";
import { FIT } from "./test/build-adapters.ts";

const SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0);
const FEW = { flipsPerMillion: 3_000, firstSeed: 1, episodes: 20, rounds: 2, validationSeeds: 10 };

describe("fitAdapter", () => {
  it("fits the same every time, and what it fits lasts longer than Conway's rule alone", () => {
    const adapter = fitAdapter("blinker", FEW, nodeHasher);
    expect(adapterText(fitAdapter("blinker", FEW, nodeHasher))).toBe(adapterText(adapter));
    const given = {
      seeds: { first: 9_000, count: 30 },
      flipsPerMillion: 2_000,
      hasher: nodeHasher,
    };
    const nothing = { ...adapter, rows: adapter.rows.map(() => new Int8Array(NEIGHBOURHOODS)) };
    const [with_, without] = [meanPersistence(adapter, given), meanPersistence(nothing, given)];
    expect(with_ / without).toBeGreaterThan(2);
  });

  it("gives the registered adapters again: fitted in the long runs alone, half a minute each on two busy cores", () => {
    for (const className of SOAK > 0 ? PATTERN_CLASSES : []) {
      const registered = REGISTERED_ADAPTERS.find((one) => one.className === className);
      const fitted = fitAdapter(className, FIT, nodeHasher);
      expect(registered === undefined ? "" : adapterText(registered)).toBe(adapterText(fitted));
    }
    expect(REGISTERED_ADAPTERS).toHaveLength(PATTERN_CLASSES.length);
  });
});
