import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { samplesOf } from "./test/samples.ts";

async function samples(rig: HttpRig): Promise<ReadonlyMap<string, number>> {
  return samplesOf(await (await rig.get("/metrics")).text());
}

describe("swoosh_queue_depth", () => {
  it("counts what waits for a commit that is held up, by lane, and is back at nothing after it", async () => {
    const rig = await HttpRig.open();
    const reached = Promise.withResolvers<undefined>();
    const opened = Promise.withResolvers<undefined>();
    const depths = async (): Promise<readonly (number | undefined)[]> => {
      const now = await samples(rig);
      return ["proposals", "operators", "engine"].map((lane) =>
        now.get(`swoosh_queue_depth{lane="${lane}"}`),
      );
    };
    try {
      expect(await depths()).toEqual([0, 0, 0]);
      const { journal } = rig.node;
      const append = journal.append.bind(journal);
      // As a disk that does not answer: the records are there, and nobody says so.
      vi.spyOn(journal, "append").mockImplementationOnce(async (batch) => {
        reached.resolve(undefined);
        await opened.promise;
        await append(batch);
      });
      const first = rig.flip("a");
      await reached.promise;
      expect(await depths()).toEqual([1, 0, 0]);
      const second = rig.node.engine.propose(
        rig.wire({ instance: "switch/b", transition: "Switch_Flip" }),
      );
      const act = rig.node.engine.act.seal("switch/none");
      expect(await depths()).toEqual([2, 0, 1]);
      opened.resolve(undefined);
      await first;
      expect([(await second).kind, (await act).kind]).toEqual(["accepted", "refused"]);
      expect(await depths()).toEqual([0, 0, 0]);
    } finally {
      opened.resolve(undefined);
      vi.restoreAllMocks();
      await rig.close();
    }
  });
});

describe("swoosh_condition", () => {
  it("is degraded as long as the disk is full, and ok again once there was room for a record", async ({
    skip,
  }) => {
    const place = mkdtempSync(join(tmpdir(), "swoosh-full-"));
    const options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", place];
    if (spawnSync("mount", options, { stdio: "ignore" }).status !== 0) {
      rmdirSync(place);
      skip("mounting is not allowed here");
    }
    try {
      const rig = await HttpRig.open({ place, segmentBytes: 65_536 });
      const ballast = join(place, "ballast");
      const conditions = async (): Promise<readonly string[]> => {
        const now = await samples(rig);
        return ["ok", "degraded", "fenced", "stopped"].filter(
          (name) => now.get(`swoosh_condition{condition="${name}"}`) === 1,
        );
      };
      try {
        expect(await conditions()).toEqual(["ok"]);
        fill(ballast);
        expect(await work(rig)).toBe(503);
        expect(await conditions()).toEqual(["degraded"]);
        expect(await rig.json("/health")).toMatchObject({
          status: "degraded",
          problems: ["the journal's disk is full; free some space"],
        });
        rmSync(ballast);
        // Room alone does not say so: the journal has to be tried, which it is once its time has come.
        expect(await conditions()).toEqual(["degraded"]);
        rig.clock.advance(1_000);
        await rig.flip("b");
        expect(await conditions()).toEqual(["ok"]);
        expect(await rig.json("/health")).toMatchObject({ status: "ok", problems: [] });
      } finally {
        rmSync(ballast, { force: true });
        await rig.close();
      }
    } finally {
      spawnSync("umount", ["--lazy", place]);
      rmdirSync(place);
    }
  });
});

/** Takes all the room that there is. */
function fill(path: string): void {
  for (let bytes = 1_048_576; bytes >= 4_096;) {
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Whatever fitted is there; the next piece is smaller.
      bytes /= 2;
    }
  }
}

/** Proposes until the answer is another; gives its status. The room that is laid out already is used up first. */
async function work(rig: HttpRig): Promise<number> {
  for (let count = 0; count < 200; count += 1) {
    const response = await rig.propose({
      instance: "switch/a",
      transition: "Switch_Flip",
      justification: "x".repeat(2_000),
    });
    await response.text();
    if (response.status !== 202) return response.status;
  }
  return 202;
}
