import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFolder } from "@swoosh/server/verify";
import { afterAll, expect, it } from "vitest";
import { START_MS } from "./beginning.ts";
import { FedServer } from "./real/fed-server.ts";
import { TWIN_NAME, TWIN_SEED, TwinWorld } from "./twin.ts";

const SEEDS = process.env["SWOOSH_SOAK"] === undefined ? 3 : 100;
const root = mkdtempSync(join(tmpdir(), "swoosh-twin-"));
let fed: FedServer | undefined;
afterAll(() => {
  fed?.server.process.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

it("gives the same log, tree and states in the simulator and in the real process", async () => {
  const data = join(root, "data");
  const script = { file: join(root, "ports.json"), seed: TWIN_SEED, name: TWIN_NAME };
  const starting = FedServer.start({ data, ...script, nowMs: START_MS });
  const world = await TwinWorld.create();
  fed = await starting;
  await fed.feed(world.begun);
  let log: readonly string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const twin = await world.play(seed);
    expect([seed, twin.findings]).toEqual([seed, []]);
    expect(twin.log.length).toBeGreaterThan(log.length);
    log = twin.log;
    await fed.feed(twin.steps);
    const { hashes, root: treeRoot, size } = await fed.state([...twin.hashes.keys()]);
    expect([seed, size, treeRoot]).toEqual([seed, twin.log.length, twin.root]);
    expect(hashes).toEqual(twin.hashes);
  }
  fed.server.process.kill("SIGTERM");
  expect((await fed.server.ended).code).toBe(0);
  expect([...readFolder(data)]).toEqual(log);
});
