import { HEARTBEAT_MS } from "@swoosh/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PrivateKey } from "../keys/private-key.ts";
import { COME_BACK_MS, SILENT_BEATS_MAX } from "./limits.ts";
import { GatewayRig } from "./test/gateway-rig.ts";

let rig: GatewayRig;
/** Of the test's own runner: tests share a server. */
let name: string;
let key: PrivateKey;
let runners = 0;
beforeAll(async () => {
  rig = await GatewayRig.open();
});
beforeEach(async () => {
  runners += 1;
  name = `runner${runners}`;
  key = await rig.register(name);
});
afterEach(() => rig.calm());
afterAll(() => rig.close());

const silence = (clock: { advance(ms: number): void }): void => {
  for (let beat = 0; beat <= SILENT_BEATS_MAX; beat += 1) clock.advance(HEARTBEAT_MS);
};

describe("leases at a connection", () => {
  it("go on where the log lends them, and end where it does not", async () => {
    const first = rig.connect(name, key);
    await rig.until(() => first.welcomes.length === 1);
    await rig.lend(name, key, "lent", 4);
    first.link?.stop();
    await rig.until(() => rig.connection(name) === "OFFLINE");
    rig.restart();

    const held = [
      { fence: 4, session: "lent" },
      { fence: 3, session: "lent" },
      { fence: 4, session: "never" },
    ];
    const second = rig.connect(name, key, held);
    await rig.until(() => second.welcomes.length === 1);
    const [lent, ...stale] = held.map((lease) => ({ agent: name, ...lease }));
    expect(second.welcomes).toMatchObject([{ adopt: [lent], release: stale }]);
    const holds = held.map((lease) => rig.gateway.holds({ agent: name, ...lease }));
    expect(holds).toEqual([true, false, false]);
    // The agent is done with it: it says so, and no more.
    second.leases = [];
    second.link?.roster();
    await rig.until(() => !rig.gateway.holds({ agent: name, fence: 4, session: "lent" }));
  });

  it("end as well where they ended while the server was away", async () => {
    const first = rig.connect(name, key, []);
    await rig.until(() => first.welcomes.length === 1);
    await rig.lend(name, key, "over", 1);
    rig.gateway.stop();
    await rig.propose("session/over", "Session_Release", { reason: "nobody wants it" });
    first.leases = [{ fence: 1, session: "over" }];
    rig.restart();
    await rig.until(() => first.losses.length === 1);
    first.comeBack();
    await rig.until(() => first.welcomes.length === 2);
    expect(first.welcomes[1]).toMatchObject({
      adopt: [],
      release: [{ agent: name, fence: 1, session: "over" }],
    });
    expect(first.welcomes[1]?.connection).toBe((first.welcomes[0]?.connection ?? 0) + 1);
  });
});

describe("agents of before a restart", () => {
  it("count as gone where they do not come back in time", async () => {
    const other = `other-than-${name}`;
    const otherKey = await rig.register(other);
    const one = rig.connect(name, key);
    const two = rig.connect(other, otherKey);
    await rig.until(() => one.welcomes.length + two.welcomes.length === 2);
    rig.restart();
    await rig.until(() => one.losses.length + two.losses.length === 2);
    expect(one.losses[0]?.reason).toContain("the controller stops; connect again");
    expect([rig.connection(name), rig.connection(other)]).toEqual(["CONNECTED", "CONNECTED"]);
    one.comeBack();
    await rig.until(() => one.welcomes.length === 2);
    rig.http.clock.advance(COME_BACK_MS);
    await rig.until(() => rig.connection(other) === "OFFLINE");
    expect(rig.context(other)["reason"]).toBe("did not come back after a restart");
    expect(rig.connection(name)).toBe("CONNECTED");
  });

  it("do not count as gone while they come back", async () => {
    const one = rig.connect(name, key);
    await rig.until(() => one.welcomes.length === 1);
    rig.restart();
    await rig.until(() => one.losses.length === 1);
    const held = rig.held();
    one.comeBack();
    const letGo = await held;
    const asked: string[] = [];
    rig.before = async (_instance, transition) => void asked.push(transition);
    rig.http.clock.advance(COME_BACK_MS);
    letGo();
    await rig.until(() => one.welcomes.length === 2);
    expect(asked).toEqual([]);
    expect(rig.connection(name)).toBe("CONNECTED");
  });
});

describe("two connections of one runner", () => {
  it("are one: the newer one counts, and the older one hears why it ends", async () => {
    const first = rig.connect(name, key);
    await rig.until(() => first.welcomes.length === 1);
    const second = rig.connect(name, key);
    await rig.until(() => second.welcomes.length === 1 && first.losses.length === 1);
    expect(first.losses[0]?.reason).toBe(
      "closed with 1008: replaced by a newer connection: the runner connected again",
    );
    expect(rig.context(name)["connection"]).toBe(second.welcomes[0]?.connection);
    expect(await rig.gateway.ask(name, "whoami", {}, 1_000)).toEqual({ op: "whoami" });
    expect([first.asked, second.asked]).toEqual([[], ["whoami"]]);
    expect(rig.connection(name)).toBe("CONNECTED");
  });

  it("are told apart by their numbers, not by which is done first", async () => {
    const held = rig.held();
    const first = rig.raw(name, key);
    first.say(await first.hello());
    const letGo = await held;
    const second = rig.raw(name, key);
    const { connection = 0 } = await second.join();
    letGo();
    expect(await first.frame("reject")).toMatchObject({ code: "replaced" });
    expect(await first.closed).toEqual({ code: 1008, reason: "replaced by a newer connection" });
    expect(rig.gateway.isConnected(name)).toBe(true);
    expect(rig.context(name)["connection"]).toBe(connection);
    expect(rig.defects).toEqual([]);
    second.close();
    await rig.until(() => rig.connection(name) === "OFFLINE");
  });
});

describe("a connection that is over", () => {
  it("is noticed where the runner falls silent, and the log is told", async () => {
    const one = rig.connect(name, key);
    await rig.until(() => one.welcomes.length === 1);
    one.call = () => new Promise(() => {});
    const call = rig.gateway.ask(name, "slow", {}, 3_600_000);
    silence(rig.http.clock);
    await expect(call).rejects.toMatchObject({
      code: "lost",
      message: `the connection of ${name} is over: no heartbeat`,
    });
    expect(rig.gateway.isConnected(name)).toBe(false);
    await rig.until(() => rig.connection(name) === "OFFLINE");
    expect(rig.context(name)["reason"]).toBe("no heartbeat");
    await rig.until(() => one.losses.length === 1);
    expect(one.losses[0]?.reason).toBe("closed with 1008: no heartbeat: no heartbeat");
    await expect(rig.gateway.ask(name, "slow", {}, 1_000)).rejects.toMatchObject({
      code: "offline",
    });
  });

  it("is not, while each hears the other", async () => {
    const one = rig.connect(name, key);
    await rig.until(() => one.welcomes.length === 1);
    for (let beat = 0; beat < 10; beat += 1) {
      one.clock.advance(HEARTBEAT_MS);
      rig.http.clock.advance(HEARTBEAT_MS);
      // An answer comes behind what was said before it: each has heard the other's beat.
      await rig.gateway.ask(name, "whoami", {}, 1_000);
    }
    expect(one.losses).toEqual([]);
    expect(rig.gateway.isConnected(name)).toBe(true);
  });

  it("is noticed by the runner where the server falls silent; it connects again", async () => {
    const one = rig.connect(name, key);
    await rig.until(() => one.welcomes.length === 1);
    silence(one.clock);
    await rig.until(() => one.losses.length === 1);
    expect(one.losses[0]?.reason).toBe("the controller is silent");
    one.comeBack();
    await rig.until(() => one.welcomes.length === 2);
    expect(one.welcomes[1]?.connection).toBe((one.welcomes[0]?.connection ?? 0) + 1);
    await rig.until(() => rig.gateway.isConnected(name));
  });

  it("is forgotten also where it ends before its welcome", async () => {
    const held = rig.held();
    const raw = rig.raw(name, key);
    raw.say(await raw.hello());
    const letGo = await held;
    raw.close();
    await raw.closed;
    letGo();
    await rig.until(() => rig.connection(name) === "OFFLINE");
    expect(rig.context(name)["reason"]).toBe("gone before the welcome");
    expect(rig.gateway.isConnected(name)).toBe(false);
  });

  it("leaves nobody half connected where the log cannot take it", async () => {
    rig.before = () => Promise.reject(new Error("the disk is full"));
    const raw = rig.raw(name, key);
    raw.say(await raw.hello());
    expect(await raw.frame("reject")).toMatchObject({
      code: "going_away",
      message: "the controller cannot take the agents now; connect again",
    });
    expect(await raw.closed).toMatchObject({ code: 1001 });
    expect(rig.gateway.isConnected(name)).toBe(false);
    expect(rig.defects.splice(0)).toMatchObject([
      { message: "the disk is full" },
      { message: "the disk is full" },
    ]);
  });
});

describe("trust that is taken back", () => {
  it.each<readonly [what: string, chart: string, transition: string, why: string]>([
    ["of an agent", "agent", "Agent_Revoke", "agent NAME is revoked"],
    ["of a key", "identity", "Identity_Revoke", "the key of NAME is its key no more"],
  ])("%s ends its connection, for good", async (_what, chart, transition, why) => {
    const one = rig.connect(name, key);
    await rig.until(() => one.welcomes.length === 1);
    await rig.http.mustPropose({
      instance: `${chart}/${name}`,
      transition,
      inputs: { reason: "it was stolen" },
    });
    await rig.until(() => one.losses.length === 1);
    expect(one.losses[0]?.reason).toBe(
      `closed with 1008: Unauthorized: ${why.replace("NAME", name)}`,
    );
    expect(rig.gateway.isConnected(name)).toBe(false);
    one.comeBack();
    await rig.until(() => one.refusals.length === 1);
    expect(one.refusals[0]).toMatch(/^unauthorized: /);
  });

  it("of one agent among many keeps that one away alone", async () => {
    const other = `${name}-b`;
    const otherKey = await rig.register(other);
    const raw = rig.raw(name, key);
    const agent = { capabilities: ["any"], leases: [], pool: "main" };
    const agents = [
      { ...agent, id: name },
      { ...agent, id: other },
    ];
    raw.say(await raw.hello({ agents }));
    await raw.frame("welcome");
    expect(rig.context(other)["key"]).toBe(otherKey.identity);
    const revoke = { transition: "Agent_Revoke", inputs: { reason: "it was stolen" } };
    await rig.http.mustPropose({ instance: `agent/${other}`, ...revoke });
    expect([name, other].map((id) => rig.gateway.isConnected(id))).toEqual([true, false]);
    const again = rig.raw(name, key);
    again.say(await again.hello({ agents }));
    await again.frame("welcome");
    expect([name, other].map((id) => rig.gateway.isConnected(id))).toEqual([true, false]);
    expect(rig.defects).toEqual([]);
  });
});
