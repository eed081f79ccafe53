import { describe, expect, it } from "vitest";
import { readCounts } from "./counts.ts";
import { judge, runPart } from "./run-part.ts";

const part = { name: "some part", run: ["true"] };
const ended = { stdout: "", output: "", ending: null };
const quiet = (): void => {};

describe("readCounts", () => {
  it("reads the last line that is not blank, coloured or not", () => {
    expect(readCounts("1 passed, 1 failed\n12 passed, 3 failed\n\n")).toEqual({
      passed: 12,
      failed: 3,
    });
    expect(readCounts("\u001b[32m5 passed, 0 failed\u001b[39m\n")).toEqual({
      passed: 5,
      failed: 0,
    });
  });

  it("takes nothing else for a closing line", () => {
    expect(readCounts("5 passed, 0 failed\nand more")).toBeUndefined();
    expect(readCounts("all 5 passed, 0 failed")).toBeUndefined();
    expect(readCounts("")).toBeUndefined();
  });
});

describe("judge", () => {
  it("takes the counts of the closing line", () => {
    const good = judge(part, { ...ended, stdout: "3 passed, 0 failed\n" });
    expect(good).toEqual({ counts: { passed: 3, failed: 0 }, crash: null });
    const bad = judge(part, { ...ended, stdout: "3 passed, 2 failed\n", ending: "exited with 1" });
    expect(bad).toEqual({ counts: { passed: 3, failed: 2 }, crash: null });
  });

  it("counts a part without a closing line as one failure, whatever its exit code", () => {
    expect(judge(part, ended).counts).toEqual({ passed: 0, failed: 1 });
    expect(judge(part, { ...ended, ending: "was ended by SIGKILL" }).crash).toContain("SIGKILL");
  });

  it("counts a crash after a clean closing line as a failure", () => {
    const run = judge(part, { ...ended, stdout: "3 passed, 0 failed\n", ending: "exited with 7" });
    expect(run.counts).toEqual({ passed: 3, failed: 1 });
    expect(run.crash).toContain("exited with 7");
  });

  it("counts a foreign tool as one check by its exit code", () => {
    const foreign = { ...part, counts: "exit-code" } as const;
    expect(judge(foreign, ended).counts).toEqual({ passed: 1, failed: 0 });
    expect(judge(foreign, { ...ended, ending: "exited with 1" }).counts).toEqual({
      passed: 0,
      failed: 1,
    });
  });
});

describe("runPart", () => {
  const script = (text: string) => ({ name: "some part", run: ["node", "-e", text] });

  it("gathers both outputs and the counts", async () => {
    const run = await runPart(
      script('console.error("oops"); console.log("2 passed, 0 failed")'),
      false,
      quiet,
    );
    expect(run.counts).toEqual({ passed: 2, failed: 0 });
    expect(run.output).toContain("oops");
  });

  it("counts a program that cannot be started as a failure and names it", async () => {
    const run = await runPart({ name: "some part", run: ["no-such-program"] }, false, quiet);
    expect(run.counts).toEqual({ passed: 0, failed: 1 });
    expect(run.crash).toContain("no-such-program");
  });

  it("ends a part that runs beyond its time", async () => {
    const hanging = { ...script("setInterval(() => {}, 1000)"), minutesMax: 0.002 };
    const run = await runPart(hanging, false, quiet);
    expect(run.counts).toEqual({ passed: 0, failed: 1 });
    expect(run.crash).toContain("SIGKILL");
  });

  it("runs the long command, with SWOOSH_SOAK set, only when asked", async () => {
    const both = {
      ...script('console.log("1 passed, 0 failed")'),
      soak: ["node", "-e", "console.log(`${process.env.SWOOSH_SOAK ? 9 : 0} passed, 0 failed`)"],
    };
    expect((await runPart(both, false, quiet)).counts.passed).toBe(1);
    expect((await runPart(both, true, quiet)).counts.passed).toBe(9);
  });
});
