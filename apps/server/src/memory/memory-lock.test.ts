import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { takeMemoryLock } from "./memory-lock.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-memory-lock-"));
const file = join(root, "lock");
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));

describe("the lock of a folder of memories", () => {
  it("is held by one at a time, whoever waits gets it, and nothing is left of it", async () => {
    let holders = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      const release = await takeMemoryLock(file, { waitMs: 60_000 });
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      release();
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it("of a living process is told with its number, and is not touched", async () => {
    const release = await takeMemoryLock(file, { waitMs: 0 });
    const text = readFileSync(file, "utf8");
    await expect(takeMemoryLock(file, { waitMs: 0 })).rejects.toMatchObject({
      code: "memory_unavailable",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(readFileSync(file, "utf8")).toBe(text);
    release();
  });

  it("that a killed process left is taken: its number may be another's by now", async () => {
    const release = await takeMemoryLock(file, { waitMs: 0 });
    const own = readFileSync(file, "utf8");
    release();
    const before = own.replace(/^(\d+)\n(\d*)\n/, (_, pid) => `${pid}\n1\n`);
    for (const left of ["", "garbage", "99999999\n", before]) {
      writeFileSync(file, left);
      (await takeMemoryLock(file, { waitMs: 0 }))();
      expect(existsSync(file)).toBe(false);
    }
  });

  it("of this process is taken over by the thread that says so, and its former owner leaves it alone", async () => {
    const former = await takeMemoryLock(file, { waitMs: 0 });
    const release = await takeMemoryLock(file, { waitMs: 0, takesOver: true });
    writeFileSync(file, "another's");
    former();
    release();
    expect(readFileSync(file, "utf8")).toBe("another's");
  });
});
