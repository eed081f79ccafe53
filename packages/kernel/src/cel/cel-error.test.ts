import { describe, expect, it } from "vitest";
import { CEL_ERRORS, celErrorName, isCelError } from "./cel-error.ts";

describe("errors of expressions", () => {
  it("are one symbol each, and each gives its name back", () => {
    const names = ["cost", "division_by_zero", "no_such_key", "overflow", "type"];
    expect(Object.keys(CEL_ERRORS).toSorted()).toEqual(names);
    expect(new Set(Object.values(CEL_ERRORS)).size).toBe(names.length);
    for (const [name, error] of Object.entries(CEL_ERRORS)) expect(celErrorName(error)).toBe(name);
    expect(celErrorName(Symbol("cost"))).toBe("type");
  });

  it("are never mistaken for a value", () => {
    expect(isCelError(CEL_ERRORS.cost)).toBe(true);
    for (const value of [null, "cost", 1, true, [], {}]) expect(isCelError(value)).toBe(false);
  });
});
