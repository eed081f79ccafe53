import type { Document, JsonObject } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { expect, it } from "vitest";
import { readProjectFile } from "../project-file/read-project-file.ts";
import { hasher } from "../hasher.ts";
import { createDriver, type DriverPorts } from "./driver.ts";
import { documentOf, frame, MEMBERS, running, task } from "./test/view-of.ts";

const { plan } = readProjectFile(
  "goal: g\nroles: [{ name: r }]\ntasks: [{ id: t, run: x, deadline_beats: 9 }]\n",
);
const clock = new ManualClock();
const START = clock.now();
const parts = "READY READY READY EXECUTION.WORK";
const atWork: JsonObject = {
  ...running({ tasks: [task("started")] }),
  council: { ...MEMBERS, members: MEMBERS.members.slice(0, 1) },
};

/** A log of a project at work, whose one task an agent has under a lease. */
class World {
  readonly did: string[] = [];
  beat = 10;
  stopAt = START + 1_234;
  service = "FULL";
  isHeld = true;
  /** Never answers a proposal. */
  isSilent = false;
  readonly projects = ["p"];

  readonly ports: DriverPorts = {
    hasher,
    origin: "o",
    now: () => clock.now(),
    wakeIn: (ms, wake) => clock.wakeAt(clock.now() + ms, wake),
    instances: () => ["agent/a1", "session/s1", ...this.projects.map((id) => `project/${id}`)],
    document: (instance) => this.#document(instance),
    config: () => ({ attemptsMax: 3, pool: "main", slots: {} }),
    plan: () => plan,
    isConnected: () => true,
    holds: () => this.isHeld,
    propose: async (_by, { transition }) => {
      this.did.push(transition);
      if (this.isSilent) await new Promise(() => {});
      return { ok: false, code: "test", reasons: [] };
    },
    store: async () => {},
    ask: () => new Promise(() => {}),
    lease: async () => {
      this.did.push("lease");
      this.isHeld = true;
    },
    release: async (_session, reason) => {
      this.did.push(`release: ${reason}`);
      this.isHeld = false;
    },
    seal: async () => {},
    note: () => {},
  };

  #document(instance: string): Document | undefined {
    const fact = (configuration: readonly string[], context: object): Document =>
      ({ configuration, context, meta: { instance } }) as unknown as Document;
    switch (instance) {
      case "project/p":
        return documentOf({ parts, service: this.service }, atWork);
      case "project/first": {
        const { meta, ...more } = documentOf({ parts }, atWork);
        return { ...more, meta: { ...meta, instance } };
      }
      case "agent/a1":
        return fact(["Connection.CONNECTED", "Trust.TRUSTED", "Work.BUSY"], {
          ...LENT,
          capabilities: [],
        });
      case "session/s1":
        return fact(["ACTIVE"], LENT);
      case "license/main": {
        const until = { stop_at: this.stopAt, valid_until: this.stopAt };
        return fact(["STATUS.GRANTED"], { reason: "", ...until });
      }
      case "beat/main":
        return fact([], { ...frame("execute"), beat_index: this.beat });
      default:
        return undefined;
    }
  }
}

const LENT: JsonObject = {
  agent: "a1",
  beat: 10,
  connection: 1,
  evidence: "",
  fence: 1,
  holder: "p",
  key: "k1",
  pool: "main",
  session: "s1",
  task: "t",
};

/** All that is under way has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("takes back what runs at the very end of a licence, and hands it over when there is one again", async () => {
  const world = new World();
  const driver = createDriver(world.ports);
  const untilNow = async (ms: number): Promise<readonly string[]> => {
    while (clock.now() < START + ms) {
      clock.advance(Math.min(50, START + ms - clock.now()));
      await settled();
    }
    return world.did.splice(0);
  };
  expect(await untilNow(1_233)).toEqual([]);
  expect(await untilNow(1_234)).toEqual(["release: licence_ended", "Service_Stop"]);

  world.service = "STOPPED";
  world.beat = 100;
  expect(await untilNow(4_000)).toEqual([]);

  // No attempt was lost: the same lease, though far more beats are over than the task may take.
  world.service = "FULL";
  world.stopAt = START + 100_000;
  world.beat = 101;
  expect(await untilNow(6_000)).toEqual(["lease"]);
  world.beat = 110;
  expect(await untilNow(6_600)).toEqual(["release: deadline", "Execution_TaskFailed"]);
  await driver.stop();
});

it("takes back what runs before the first project's proposal is answered, whoever has it", async () => {
  const world = new World();
  world.projects.unshift("first");
  world.isSilent = true;
  world.stopAt = clock.now() + 1_234;
  createDriver(world.ports);
  await settled();
  expect(world.did).toEqual([]);
  clock.advance(1_234);
  await settled();
  expect(world.did).toEqual(["release: licence_ended", "Service_Stop"]);
});
