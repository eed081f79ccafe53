import { describe, expect, it } from "vitest";
import { AppendixDMachine, ourMachine } from "./test/chart-machine.ts";
import { convertCase, playScript, scionCases, type ScionCase } from "./test/scion-case.ts";
import { SCION_UNSUPPORTED } from "./test/scion-unsupported.ts";
import { Unsupported } from "./test/unsupported.ts";

/**
 * Cases whose script contradicts Appendix D: an external transition of a parallel's child to itself leaves the whole
 * parallel, because `findLCCA` looks for a compound state (SCXML 1.0, Appendix D; 3.13). Both scripts carry that reading
 * under `legacySemantics`, and that one holds here.
 */
const AGAINST_APPENDIX_D: readonly string[] = ["more-parallel/test10", "more-parallel/test10b"];

/** Folders that must pass whole. */
const WHOLE = [
  "basic",
  "hierarchy",
  "hierarchy+documentOrder",
  "documentOrder",
  "parallel",
  "parallel+interrupt",
  "more-parallel",
  "history",
  "default-initial-state",
  "internal-transitions",
  "multiple-events-per-transition",
  "targetless-transition",
  "in",
  "misc",
];

/** Why a case cannot be played, or what differs; undefined: both interpreters give every scripted configuration. */
function outcomeOf(one: ScionCase): string | undefined {
  try {
    const converted = convertCase(one);
    const legacy = AGAINST_APPENDIX_D.includes(one.name) ? one.script.legacySemantics : undefined;
    const script = legacy ?? one.script;
    return (
      playScript(script, converted, ourMachine(converted.chart)) ??
      playScript(script, converted, new AppendixDMachine(converted.chart))
    );
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

describe("the SCION test framework", () => {
  const cases = scionCases();

  it("has the cases that we know", () => {
    expect(cases).toHaveLength(316);
    const names = cases.map(({ name }) => name);
    expect(Object.keys(SCION_UNSUPPORTED).filter((name) => !names.includes(name))).toEqual([]);
    const unsupported = Object.keys(SCION_UNSUPPORTED).map((name) => name.split("/")[0] ?? "");
    expect(unsupported.filter((folder) => WHOLE.includes(folder))).toEqual([]);
    for (const folder of WHOLE) {
      expect(
        names.some((name) => name.startsWith(`${folder}/`)),
        folder,
      ).toBe(true);
    }
  });

  it.each(cases)("$name", (one) => {
    const outcome = outcomeOf(one);
    if (!Object.hasOwn(SCION_UNSUPPORTED, one.name)) expect(outcome).toBeUndefined();
    else expect(outcome, "a listed case that passes is taken off the list").toBeDefined();
  });

  it.each(cases.filter(({ name }) => Object.hasOwn(SCION_UNSUPPORTED, name)))(
    "$name is listed with its reason",
    (one) => {
      let reason: string | undefined;
      try {
        convertCase(one);
      } catch (error) {
        if (error instanceof Unsupported) reason = error.message;
      }
      expect(SCION_UNSUPPORTED[one.name]).toBe(reason ?? SCION_UNSUPPORTED[one.name]);
      expect(SCION_UNSUPPORTED[one.name]).not.toBe("");
    },
  );

  it.each(cases.filter(({ name }) => AGAINST_APPENDIX_D.includes(name)))(
    "$name scripts something else than Appendix D",
    (one) => {
      const converted = convertCase(one);
      expect(playScript(one.script, converted, ourMachine(converted.chart))).toBeDefined();
      expect(
        playScript(one.script, converted, new AppendixDMachine(converted.chart)),
      ).toBeDefined();
    },
  );
});
