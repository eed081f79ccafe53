import { describe, expect, it } from "vitest";
import { runMeshJob } from "./run-mesh-job.ts";
import { soakMesh, type SoakSample } from "./soak-mesh.ts";

const SOAK = { warmupSeconds: 0, seconds: 1, ticksPerSecond: 100, leak: 0, untilLeak: false };

describe("a process that is lent to an experiment", () => {
  it("tells its samples as they come, dies of the first error, and its complaint is the answer", async () => {
    const seen: SoakSample[] = [];
    const answer = await runMeshJob(
      { ...SOAK, kind: "soak", seconds: 60, throwAtTick: 3 },
      (sample) => void seen.push(sample),
    );
    expect(answer).toMatchObject({
      ok: false,
      problem: expect.stringContaining("thrown on purpose at tick 3"),
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ heapBytes, residentBytes }) => residentBytes > heapBytes / 2)).toBe(true);
  });
});

describe("a soak", () => {
  it("tells at each sample what is held, and at the end what was left over", async () => {
    const seen: SoakSample[] = [];
    const { samples, ticks, held } = await soakMesh(SOAK, (sample) => void seen.push(sample));
    expect(seen).toEqual(samples);
    expect(samples.length).toBeGreaterThan(0);
    expect([ticks > 0, held]).toEqual([true, 0]);
  });
});
