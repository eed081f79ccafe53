import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";

/** Runs an expression in a process of its own, after the poison; gives the message of what it threw, or `nothing`. */
function thrownBy(expression: string): string {
  const poison = join(import.meta.dirname, "poison.ts");
  const program = `
    import { poisonGlobals } from ${JSON.stringify(poison)};
    const write = process.stdout.write.bind(process.stdout);
    poisonGlobals();
    try { ${expression}; write("nothing"); } catch (error) { write(error.message); }`;
  return execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    encoding: "utf8",
  });
}

describe("poisonGlobals", () => {
  it.each([
    ["Date.now()", "Date.now"],
    ["new Date()", "Date"],
    ["Date.prototype.getTime.call({})", "Date.prototype.getTime"],
    ["Math.random()", "Math.random"],
    ["Math.exp(1)", "Math.exp"],
    ["setTimeout(() => {}, 0)", "setTimeout"],
    ["new Intl.Collator()", "Intl"],
    ["'a'.localeCompare('b')", "localeCompare"],
    ["(1).toLocaleString()", "toLocaleString"],
    ["performance.now()", "performance"],
  ])("%s throws", (expression, name) => {
    expect(thrownBy(expression)).toBe(`determinism: ${name} was called`);
  });

  it("lets pure computation pass", () => {
    expect(thrownBy("JSON.stringify([1, 2].map((n) => n + 1))")).toBe("nothing");
  });
});
