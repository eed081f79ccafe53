import process from "node:process";
import { afterEach, expect, it } from "vitest";
import { Checkouts } from "./checkout.ts";
import { provision } from "./provision.ts";
import { KilledAgent } from "./test/killed-agent.ts";
import { clientOver, WHOLE } from "./test/provision-server.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const FILE = "src/deep/two.txt";
const DAMAGED = { ...WHOLE, [FILE]: "too\n" };
const NOT_AS_INGESTED = { ok: false, reason: `${FILE} is not as ingested` };
const HEALTHY = { ok: true };

const agents: KilledAgent[] = [];
afterEach(() => {
  for (const one of agents.splice(0)) one.end();
});

function begun(): KilledAgent {
  const agent = new KilledAgent();
  agents.push(agent);
  return agent;
}

/** One whose content was whole, and is not any more. */
async function damaged(): Promise<KilledAgent> {
  const agent = begun();
  const client = clientOver(async (call) => agent.server.answer(call));
  await provision({ client, checkouts: new Checkouts(client, agent.folder) }, agent.server.data);
  agent.damage(FILE, DAMAGED[FILE]);
  return agent;
}

/** A kill after one effect is a kill before the next: the agent waits between them. */
const after = (count: number) => (done: readonly string[]) => done.length >= count;
const lastIs = (word: string) => (done: readonly string[]) =>
  done.at(-1)?.startsWith(word) === true;

/** What the driver has an agent do until it is well: it provisions, and anew where the content is not as ingested. */
async function becomeHealthy(agent: KilledAgent): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for (let round = 1; round <= 2; round += 1) {
    await agent.live("provision");
    const { end } = await agent.live("health");
    told.push(agent.server.installed.length, end);
    if (Object(end)["ok"] === true) break;
    agent.server.deprovision();
  }
  return told;
}

it("goes on over the half of a file that a killed process left", async () => {
  const agent = begun();
  const { end, signal } = await agent.live("provision", lastIs("begin"));
  expect([end, signal]).toEqual([undefined, "SIGKILL"]);
  expect(agent.content).toBeNull();
  await agent.live("provision");
  expect(agent.server.installed).toMatchObject([{ assets: [{ name: "checkout" }] }]);
  expect(agent.content).toEqual(WHOLE);
  expect(agent.kept).toEqual([`content/${agent.server.contentHash}`]);
});

it("does not take for the content what is left of it, killed while it removes what is damaged", async () => {
  const agent = await damaged();
  const { end, signal } = await agent.live("health", lastIs("unlink"));
  expect([end, signal]).toEqual([undefined, "SIGKILL"]);
  agent.server.deprovision();
  await agent.live("provision");
  expect(agent.server.installed).toMatchObject([{ assets: [{ name: "checkout" }] }]);
  expect(agent.content).toEqual(WHOLE);
  expect(agent.kept).toEqual([`content/${agent.server.contentHash}`]);
});

it.runIf(isSoak)(
  "comes to the same environment, killed between any two of its effects",
  async () => {
    const { done: effects } = await begun().live("provision");
    expect(effects.length).toBeGreaterThan(20);
    for (let count = 0; count <= effects.length; count += 1) {
      const agent = begun();
      const { done, signal } = await agent.live("provision", after(count));
      expect([done.length, signal]).toEqual([count, "SIGKILL"]);
      // Under its name it is whole or not there, whenever one looks.
      expect([WHOLE, null], `after ${done.at(-1)}`).toContainEqual(agent.content);
      // The second life begins over what the first left, and is killed as late.
      const second = await agent.live("provision", after(count));
      expect([WHOLE, null], `after ${second.done.at(-1)}`).toContainEqual(agent.content);
      expect(await becomeHealthy(agent)).toEqual([1, HEALTHY]);
      expect(agent.content).toEqual(WHOLE);
      expect(agent.kept).toEqual([`content/${agent.server.contentHash}`]);
    }
  },
);

it.runIf(isSoak)(
  "gives up a checkout that is damaged, killed between any two effects",
  async () => {
    const { done: effects, end } = await (await damaged()).live("health");
    expect(end).toEqual(NOT_AS_INGESTED);
    expect(effects.length).toBeGreaterThan(6);
    for (let count = 0; count <= effects.length; count += 1) {
      const agent = await damaged();
      const { done, signal } = await agent.live("health", after(count));
      expect([done.length, signal]).toEqual([count, "SIGKILL"]);
      const left = agent.content;
      expect([DAMAGED, null], `after ${done.at(-1)}`).toContainEqual(left);
      // The lead is gone: its environment is given back, and allocated to it anew when it is there again.
      agent.server.deprovision();
      const found = left === null ? [] : [1, NOT_AS_INGESTED];
      expect(await becomeHealthy(agent)).toEqual([...found, 1, HEALTHY]);
      expect(agent.content).toEqual(WHOLE);
      expect(agent.kept).toEqual([`content/${agent.server.contentHash}`]);
    }
  },
);
