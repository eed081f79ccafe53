import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runBounded, type RunLimits, type RunResult } from "./run-bounded.ts";

const LIMITS: RunLimits = {
  memoryBytes: 536_870_912,
  outputBytes: 1_048_576,
  timeoutMs: 30_000,
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-bounded-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  script: string,
  limits: Partial<RunLimits> = {},
  signal = new AbortController().signal,
): Promise<RunResult> {
  return runBounded({
    argv: ["sh", "-c", script],
    confined: null,
    folder,
    limits: { ...LIMITS, ...limits },
    onOutput: () => {},
    signal,
  });
}

/** Does it still run? A zombie does not: it only waits for somebody to ask. */
function isAlive(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^[ZX]/.test(text.slice(text.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

describe("a bounded run", () => {
  it("gives exit, output and hash, in the folder, with none of our environment", async () => {
    const done = await run("pwd; env | cut -d= -f1 | sort | tr '\\n' ' '; exit 3");
    expect(done.exit).toBe(3);
    expect(done.stopped).toBeNull();
    const [place, names = ""] = done.output.text().split("\n");
    expect(place?.endsWith(folder)).toBe(true);
    expect(names.split(" ").filter((name) => name.startsWith("SWOOSH"))).toEqual([
      "SWOOSH_TASK_MARK",
    ]);
    expect(names).not.toContain("VITEST");
  });

  it("ends what never ends, with all that it started", async () => {
    const done = await run("sleep 600 & echo $!; wait", { timeoutMs: 300 });
    expect(done.stopped).toBe("more than 300 ms");
    expect(isAlive(Number(done.output.text().trim()))).toBe(false);
  });

  it("ends what writes for ever, and keeps head and tail", async () => {
    const done = await run("yes a long line that repeats", { outputBytes: 600_000 });
    expect(done.stopped).toBe("more than 600000 bytes of output");
    expect(done.output.bytes).toBeGreaterThan(600_000);
    expect(done.output.text()).toContain("bytes left out");
    expect(done.output.text().length).toBeLessThan(300_000);
  });

  it("ends what eats memory", async () => {
    const eater = `const a = []; for (;;) a.push(Buffer.alloc(8e6, 1));`;
    const done = await run(`exec '${process.execPath}' -e '${eater}'`, {
      memoryBytes: 200_000_000,
    });
    expect(done.stopped).toBe("more than 200000000 bytes of memory");
  });

  it("ends what forks without end, also where it leaves group and parent", async () => {
    const forks = "i=0; while [ $i -lt 300 ]; do setsid sleep 600 & i=$((i+1)); done; wait";
    const done = await run(`${forks}`, { timeoutMs: 60_000 });
    expect(done.stopped).toBe("more than 256 processes");
  });

  it("kills what outlives it", async () => {
    const done = await run("setsid sh -c 'echo $$; exec sleep 600' & sleep 0.2");
    expect(done.stopped).toBeNull();
    expect(isAlive(Number(done.output.text().trim()))).toBe(false);
  });

  it("begins nothing where the lease was released before", async () => {
    const done = await run("touch begun", {}, AbortSignal.abort());
    expect(done.stopped).toBe("the lease was released");
    expect(existsSync(join(folder, "begun"))).toBe(false);
  });

  it("kills what is released at once, also what would rather end later", async () => {
    const abort = new AbortController();
    const going = runBounded({
      argv: ["sh", "-c", "trap 'touch asked' TERM; echo begun; while :; do sleep 600 & wait; done"],
      confined: null,
      folder,
      limits: LIMITS,
      onOutput: () => abort.abort(),
      signal: abort.signal,
    });
    const { signal, stopped } = await going;
    expect([stopped, signal]).toEqual(["the lease was released", "SIGKILL"]);
    expect(existsSync(join(folder, "asked"))).toBe(false);
  });

  it("says when a program is not there", async () => {
    const done = await run("no-such-program-here");
    expect(done.exit).toBe(127);
    expect(existsSync(join(folder, "core"))).toBe(false);
  });
});
