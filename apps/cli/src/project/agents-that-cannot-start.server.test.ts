import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { FleetRig } from "./test/fleet-rig.ts";

const rig = new FleetRig();
afterAll(() => rig.close());

it("makes an error of an agent that dies again and again, with its last words", async () => {
  let tell: (words: string) => void = () => {};
  const told = new Promise<string>((resolve) => {
    tell = resolve;
  });
  await rig.start({ agents: 1, log: (level, words) => level === "error" && tell(words) });
  // What should be the agent's key is none.
  writeFileSync(join(rig.data, "keys", "agents", "agent-1.pem"), "no key");
  for (const pid of rig.fleet.agents.pids().values()) process.kill(pid, "SIGKILL");
  expect(await told).toMatch(/agent-1 ended \(exit \d\): swoosh.*agent-1\.pem.*; again in/);
});
