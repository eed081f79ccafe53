import { describe, expect, it } from "vitest";
import { fitFamily } from "../lora/fit-family.ts";
import { PATTERN_CLASSES } from "../patterns/pattern-class.ts";
import { nextShape, shapeKey, shapeOf, SYMMETRIES, turnShape } from "../patterns/shape.ts";
import { TEMPLATES } from "../patterns/templates.ts";
import { heldOutRow, othersOf } from "./lora-held-out.ts";

describe("a held-out row", () => {
  it.each(PATTERN_CLASSES)(
    "of the %s is fitted to nothing that ever looks like one",
    (className) => {
      const own = new Set(
        TEMPLATES.filter((one) => one.className === className).map(({ shape }) => shapeKey(shape)),
      );
      const others = othersOf(className);
      expect(others.length).toBeGreaterThan(1);
      for (const { rows, period } of others)
        for (const symmetry of SYMMETRIES) {
          let shape = turnShape(shapeOf(rows), symmetry);
          for (let phase = 0; phase < period; phase += 1, { shape } = nextShape(shape))
            expect([rows, phase, own.has(shapeKey(shape))]).toEqual([rows, phase, false]);
        }
      expect(heldOutRow(className)).toEqual(fitFamily(others));
    },
  );
});
