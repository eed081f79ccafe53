import type { JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GatewayRig } from "../gateway/test/gateway-rig.ts";
import { CapacityCounter } from "./count-capacity.ts";
import { CAPACITY_VALID_MS } from "./limits.ts";

let rig: GatewayRig;
let counter: CapacityCounter;
/** What was told of the pool, in order. */
const told: number[] = [];
beforeAll(async () => {
  rig = await GatewayRig.open();
  rig.http.node.onRecord(({ text }) => {
    const { inputs, proposal }: { inputs?: JsonObject; proposal: { transition: string } } =
      JSON.parse(text);
    if (proposal.transition === "Capacity_Counted") told.push(Number(inputs?.["free"]));
    rig.look();
  });
  start();
});
afterAll(async () => {
  counter.stop();
  await rig.calm();
  await rig.close();
});

function start(): void {
  const { gateway, http, propose } = rig;
  counter = new CapacityCounter({ node: http.node, gateway, propose, pool: "main" });
}
// As the server does it.
const look = (): void => counter.count();
const operator = (name: string, transition: string, inputs: JsonObject = {}): Promise<number> =>
  rig.http.mustPropose({ instance: `agent/${name}`, transition, inputs });
const validUntil = (): number =>
  Number(rig.http.node.engine.head("capacity/main")?.document.context["valid_until"]);

/** The next count is this one: no other was told before it. */
async function counts(free: number): Promise<void> {
  await rig.until(() => told.length > 0);
  expect(told.shift()).toBe(free);
}

it("counts the agents of its pool that are connected, trusted and lent to nobody", async () => {
  const stopLooking = rig.http.node.onRecord(look);
  await counts(0);
  const keys = new Map<string, Awaited<ReturnType<GatewayRig["register"]>>>();
  for (const name of ["a", "b", "c", "elsewhere"]) keys.set(name, await rig.register(name));
  const keyOf = (name: string) => keys.get(name) ?? rig.http.operator;

  const a = rig.connect("a", keyOf("a"));
  await counts(1);
  const other = rig.raw("elsewhere", keyOf("elsewhere"));
  const offered = { capabilities: ["any"], id: "elsewhere", leases: [], pool: "other" };
  other.say(await other.hello({ agents: [offered] }));
  await other.frame("welcome");
  const b = rig.connect("b", keyOf("b"));
  await counts(2);
  rig.connect("c", keyOf("c"));
  await counts(3);

  await rig.lend("a", keyOf("a"), "s1", 1);
  await counts(2);
  await rig.propose("session/s1", "Session_Release", { reason: "done" });
  await counts(3);

  await operator("b", "Agent_Drain");
  await counts(2);
  await operator("b", "Agent_Undrain");
  await counts(3);
  await operator("b", "Agent_Quarantine", { reason: "it looks odd" });
  await counts(2);
  await operator("b", "Agent_Release");
  await counts(3);

  b.link?.stop();
  await counts(2);
  await operator("c", "Agent_Revoke", { reason: "it was stolen" });
  await counts(1);

  // Restarted: the log says that the agent is connected, and it is not here yet.
  counter.stop();
  rig.restart();
  start();
  await counts(0);
  expect(rig.connection("a")).toBe("CONNECTED");
  await rig.until(() => a.losses.length > 0);
  a.comeBack();
  await counts(1);
  stopLooking();
});

it("tells a count again before the last one grows old, and only then", async () => {
  told.length = 0;
  const before = validUntil();
  look();
  rig.http.clock.advance(CAPACITY_VALID_MS / 2);
  look();
  await counts(1);
  expect(validUntil()).toBe(before + CAPACITY_VALID_MS / 2);
});
