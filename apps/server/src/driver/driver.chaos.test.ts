import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json, JsonObject } from "@swoosh/kernel";
import { SeededRandom } from "@swoosh/kernel/testing";
import { VOTE_TYPE, votePayload, type CertificateSubject } from "@swoosh/guards";
import { expect, it } from "vitest";
import { Leader } from "../follow/test/leader.ts";
import { AGENTS, ProjectStage } from "../follow/test/project-stage.ts";
import { hasher } from "../hasher.ts";
import { readProjectFile } from "../project-file/read-project-file.ts";
import { createDriver, type DriverPorts } from "./driver.ts";
import { Project } from "./project-document.ts";

const PROJECT = "project/chaos";
const SEEDS =
  process.env["SWOOSH_SOAK"] === undefined ? [1] : Array.from({ length: 40 }, (_, at) => at + 1);
/** Turns of the world after which a project that does not come to its end hangs. */
const TURNS_MAX = 20_000;

const { plan } = readProjectFile(
  `goal: g
roles: [{ name: builder, core: true, seats: 2 }, { name: reviewer, core: true }]
tasks: [{ id: one, run: x }, { id: two, run: y, needs: [one] }]
`,
);

/** Agents behind a network that drops a quarter of all calls, loses a quarter of all answers, and delivers a quarter twice; in any order. */
class World {
  readonly stage: ProjectStage;
  readonly #random: SeededRandom;
  /** What is under way; delivered in any order. */
  readonly #flying: (() => Promise<void>)[] = [];
  readonly #timers: { readonly at: number; readonly wake: () => void }[] = [];
  #underway = 0;
  lost = 0;
  doubled = 0;

  constructor(stage: ProjectStage, random: SeededRandom) {
    this.stage = stage;
    this.#random = random;
  }

  ports(): DriverPorts {
    const { leader } = this.stage;
    const { engine } = leader.node;
    return {
      hasher,
      origin: leader.node.origin,
      now: () => leader.clock.now(),
      wakeIn: (ms, wake) => {
        const timer = { at: leader.clock.now() + ms, wake };
        this.#timers.push(timer);
        return () => void this.#timers.splice(this.#timers.indexOf(timer) >>> 0, 1);
      },
      instances: () => engine.instances(),
      document: (instance) => this.stage.document(instance),
      config: (document) =>
        Object(engine.state.chartByHash(document.meta.chart_hash)?.normal.config),
      plan: () => plan,
      isConnected: () => true,
      holds: () => false,
      propose: async (by, { inputs, instance, transition, window }) => {
        this.#underway += 1;
        const code = await leader.act({
          instance,
          transition,
          inputs,
          signer: this.stage.key(by),
          ...(window === undefined ? {} : { window }),
        });
        this.#underway -= 1;
        return code === "accepted" ? { ok: true } : { ok: false, code, reasons: [] };
      },
      store: async (text) => void leader.node.blobs.save(Buffer.from(text)),
      ask: (agent, op, data) => this.#send(() => this.#asked(agent, op, data)),
      lease: async ({ agent, fence, id }, data) => {
        await this.#send(() =>
          this.#work(agent, { fence, session: id, task: String(data["task"]) }),
        );
      },
      release: async () => {},
      seal: async () => {},
      note: () => {},
    };
  }

  /** One turn: something arrives, time passes, a beat comes. */
  async turn(): Promise<void> {
    const place = this.#random.below(Math.max(this.#flying.length, 1));
    const [arriving] = this.#flying.splice(place, 1);
    await arriving?.();
    this.stage.leader.clock.advance(100);
    const now = this.stage.leader.clock.now();
    for (const due of this.#timers.filter(({ at }) => at <= now)) {
      this.#timers.splice(this.#timers.indexOf(due), 1);
      due.wake();
    }
    if (this.#random.chance(15)) await this.stage.must(this.stage.frame());
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#underway > 0);
  }

  #send(act: () => Promise<Json>): Promise<Json> {
    return new Promise((resolve, reject) => {
      const fate = this.#random.below(4);
      if (fate < 2) this.lost += 1;
      if (fate === 2) this.doubled += 1;
      this.#flying.push(async () => {
        const answer = fate === 0 ? null : await act();
        if (fate === 2) this.#flying.push(async () => void (await act()));
        if (fate < 2) reject(Object.assign(new Error("lost"), { code: "lost" }));
        else resolve(answer);
      });
    });
  }

  async #asked(agent: string, op: string, data: JsonObject): Promise<Json> {
    const propose = async (transition: string, inputs: JsonObject = {}): Promise<null> => {
      await this.stage.leader.act(this.stage.act(PROJECT, agent, transition, inputs));
      return null;
    };
    switch (op) {
      case "council.opportunity":
        return propose("Council_Claim", { load: 0, role: String(data["role"]), weight: 50 });
      case "council.vote": {
        const subject = data["subject"] as unknown as CertificateSubject;
        const pins = {
          content_hash: String(data["content_hash"]),
          version: Number(data["version"]),
        };
        const payload = votePayload(subject, pins, "approve");
        return { choice: "approve", signature: this.stage.key(agent).sign(VOTE_TYPE, payload) };
      }
      case "environment.provision":
        return propose("Environment_Installed", {
          assets: [{ digest: this.stage.evidence, name: "checkout" }],
          effect: String(data["effect"]),
          manifest: this.stage.evidence,
        });
      case "environment.health":
        return { ok: true };
      case "execution.review":
        return data["window"] === "" ? null : propose("Execution_Approve");
      default:
        return null;
    }
  }

  async #work(
    agent: string,
    lease: { readonly fence: number; readonly session: string; readonly task: string },
  ): Promise<null> {
    const inputs = { ...lease, evidence: this.stage.evidence };
    // Done after a while; a lease that comes twice is done twice, and told twice.
    this.#flying.push(async () => {
      await this.stage.leader.act(this.stage.act(PROJECT, agent, "Execution_TaskFinished", inputs));
    });
    return null;
  }
}

it.each(SEEDS)(
  "a project comes to its end, no step lost or doubled, over a network that drops, doubles and reorders (seed %i)",
  async (seed) => {
    const root = mkdtempSync(join(tmpdir(), "swoosh-chaos-"));
    const leader = await Leader.open(join(root, "data"));
    try {
      const stage = new ProjectStage(leader);
      await stage.begin();
      const world = new World(stage, new SeededRandom(seed));
      await stage.must(
        stage.act(PROJECT, "driver", "Boot_ConfigOk", {
          config_hash: stage.evidence,
          identities: ["driver", "ingest", "shhh"],
        }),
      );
      await stage.must(stage.act(PROJECT, "driver", "Boot_Licensed"));
      await stage.ingest(PROJECT, "content");
      const driver = createDriver(world.ports());
      const stopHearing = leader.node.onRecord(() => driver.look());
      const document = () => stage.document(PROJECT);
      let turns = 0;
      while (document()?.meta.ended !== true && turns < TURNS_MAX) {
        turns += 1;
        await world.turn();
      }
      stopHearing();
      expect(document()?.meta.ended).toBe(true);
      await driver.stop();
      expect(world.lost).toBeGreaterThan(0);
      expect(world.doubled).toBeGreaterThan(0);
      for (const once of [
        "Council_QuorumCert",
        "Execution_PlanLocked",
        "Execution_Submit",
        "Execution_Complete",
      ])
        expect([once, (await leader.recordsOf(PROJECT, once)).length]).toEqual([once, 1]);
      expect(await leader.recordsOf(PROJECT, "Execution_TaskFinished")).toHaveLength(2);
      const ended = document();
      expect(ended === undefined ? [] : new Project(ended).context.execution.tasks).toMatchObject([
        { state: "done", attempts: 1 },
        { state: "done", attempts: 1 },
      ]);
      for (const agent of AGENTS)
        expect(stage.document(`agent/${agent}`)?.configuration).toContain("Work.READY");
    } finally {
      await leader.node.close();
      rmSync(root, { recursive: true, force: true });
    }
  },
);
