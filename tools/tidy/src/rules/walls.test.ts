import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.ts";
import { walls } from "./walls.ts";

const KERNEL = "packages/kernel/src";

describe("walls", () => {
  it.each([
    ["a port", 'import type { Clock } from "../engine/ports.ts";'],
    ["the engine", 'import { createEngine } from "../engine/engine.ts";'],
    ["a type in a place", 'type A = import("../engine/ports.ts").Clock;'],
  ])("refuses reduce %s", (_, text) => {
    expect(plant(walls, { [`${KERNEL}/reduce/a.ts`]: `\n${text}` })).toEqual([
      expect.stringMatching(/reduce\/a\.ts:2 packages\/kernel\/src\/reduce may not reach /),
    ]);
  });

  it("refuses it over other folders, and names the way", () => {
    const files = {
      [`${KERNEL}/reduce/a.ts`]: 'import { b } from "../chart/b.ts";',
      [`${KERNEL}/chart/b.ts`]: 'import { c } from "./c.ts";',
      [`${KERNEL}/chart/c.ts`]: 'import { b } from "./b.ts";\nimport { d } from "../engine/d.ts";',
    };
    expect(plant(walls, files)).toEqual([
      expect.stringContaining(
        "over packages/kernel/src/chart/b.ts → packages/kernel/src/chart/c.ts → packages/kernel/src/engine/d.ts",
      ),
    ]);
  });

  it("allows the engine reduce, reduce the rest, and tests what they need", () => {
    const files = {
      [`${KERNEL}/engine/d.ts`]: 'import { a } from "../reduce/a.ts";',
      [`${KERNEL}/reduce/a.ts`]: 'import { b } from "../chart/b.ts";',
      [`${KERNEL}/reduce/a.test.ts`]: 'import { d } from "../engine/d.ts";',
      [`${KERNEL}/chart/b.ts`]: "export const b = 1;",
    };
    expect(plant(walls, files)).toEqual([]);
  });
});
