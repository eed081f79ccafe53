import { describe, expect, it } from "vitest";
import { Epochs } from "./epochs.ts";

const B_AND_A = [
  { index: 0, name: "B" },
  { index: 1, name: "A" },
];

describe("Epochs", () => {
  it("counts on where something happened, in canonical order", () => {
    const epochs = new Epochs(B_AND_A);
    const first = epochs.after(undefined, [true, false]);
    expect(JSON.stringify(first)).toBe('{"A":0,"B":1}');
    expect(epochs.after(first, [false, false])).toBe(first);
    expect(epochs.after({ A: 11, B: 3 }, [true, true])).toEqual({ A: 12, B: 4 });
    expect(epochs.after({ A: 1, B: 23 }, [false, true])).toEqual({ A: 2, B: 23 });
    // A region that the chart did not have before it was migrated.
    expect(epochs.after({ A: 5 }, [false, true])).toEqual({ A: 6, B: 0 });
  });

  it("gives equal ones as one value, so many of them, and the others right all the same", () => {
    const epochs = new Epochs([{ index: 0, name: "A" }]);
    const at = (number: number) => epochs.after({ A: number - 1 }, [true]);
    const early = Array.from({ length: 1_024 }, (_, number) => at(number));
    expect(at(1_024)).not.toBe(at(1_024));
    expect(at(1_024)).toEqual({ A: 1_024 });
    expect(early.every((epoch, number) => at(number) === epoch)).toBe(true);
  });
});
