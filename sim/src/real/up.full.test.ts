import { readFolder } from "@swoosh/server/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHistory } from "../history/check-history.ts";
import { judgeOf, prepareFolder } from "./kill-sweep.ts";
import { startServer, type LiveServer } from "./live-server.ts";
import { PatientClients, SmallDisk } from "./small-disk.ts";

const disk = new SmallDisk(4);
let server: LiveServer | undefined;
beforeAll(() => prepareFolder(disk.data));
afterAll(() => {
  server?.process.kill("SIGKILL");
  disk.unmount();
});

/** Room was made: so much later it must have been found. */
const RESUMED_MS = 5_000;
const ROUNDS = process.env["SWOOSH_SOAK"] === undefined ? 1 : 100;

describe("the real server on a disk of 4 MB", () => {
  it("says 503 while it is full, is read all the while, and goes on by itself", async () => {
    server = startServer({ data: disk.data });
    const url = (await server.url) ?? "";
    const clients = await PatientClients.of(url, disk.data);
    for (let round = 0; round < ROUNDS; round += 1) {
      await clients.workUntil("accepted");
      disk.fill();
      await clients.workUntil("overloaded");
      const health: { readonly status: string } = JSON.parse(
        await (await fetch(`${url}/health`)).text(),
      );
      expect(health.status).toBe("degraded");
      expect((await fetch(`${url}/journal?from=0&limit=2`)).status).toBe(200);
      disk.empty();
      // The bound is the promise itself, not a guess of how fast a machine is: a full disk is tried again each second.
      expect(await clients.knockUntil("accepted")).toBeLessThan(RESUMED_MS);
    }
    // Less than a second's patience is asked for, which the header rounds up to one.
    expect(clients.wires("overloaded")).toEqual(new Set(["503, 1"]));
    expect(clients.reasons("overloaded")).toEqual(
      new Set(["the journal's disk is full; it is tried again by itself"]),
    );
    server.process.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
    const history = { ops: clients.recorder.ops, log: [...readFolder(disk.data)] };
    const verdict = await checkHistory(judgeOf(disk.data), history);
    expect(verdict.findings).toEqual([]);
    expect(verdict.records).toBeGreaterThan(16);
  }, 600_000);
});
