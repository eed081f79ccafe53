import type { Session } from "@swoosh/fleet";
import { VOTE_TYPE, votePayload, type CertificateSubject } from "@swoosh/guards";
import { chartNameOf, type JsonObject, type State } from "@swoosh/kernel";
import { nodeHasher, type SeededRandom, type Signer } from "@swoosh/kernel/testing";
import { decide, Project, ViewMaker, type CallAnswer, type Step } from "@swoosh/server/driver";
import { readProjectFile } from "@swoosh/server/project-file";
import type { Wish } from "../proposals.ts";
import { ingest } from "./ingest.ts";
import type { Actor, Healed, Outlook, Wished, Workload } from "../workload.ts";
import { converge, type WellFleet } from "./fleet-convergence.ts";
import {
  AGENTS,
  contextOf,
  documentOf,
  FACTS,
  flap,
  isAllowed,
  kept,
  missingFact,
} from "./project-facts.ts";

/** Projects that go on at once: they meet in pool and agents. */
const PROJECTS = 2;
/** Steps of the driver's table that are answered without a proposal, before somebody proposes something. */
const ANSWERS_MAX = 8;
const PATIENCE = { quorumMs: 2_000, lostMs: 30_000 };

const PLAN = readProjectFile(
  `goal: play
roles: [{ name: builder, core: true, seats: 2 }, { name: reviewer, core: true }]
tools: [{ name: lint, run: lint, pin: "1" }]
tasks: [{ id: one, run: x }, { id: two, run: y, needs: [one] }]
`,
);

/**
 * Projects, driven by the driver's own table over what can be seen, with agents that answer, work, die and come back, an
 * ingestion that does what it is asked for, and providers that flap. Everything of it reaches the log as a proposal over the
 * same bad network as all else.
 */
export class ProjectWorkload implements Workload {
  readonly actors: readonly Actor[] = [
    { name: "driver", roles: ["controller"] },
    { name: "fleet", roles: ["controller", "provider", "agent"] },
    { name: "ingest", roles: ["ingest"] },
    { name: "shhh", roles: ["provider"] },
    { name: FACTS, roles: ["provider"] },
    ...AGENTS.map((name) => ({ name, roles: ["agent", "council"] })),
  ];
  readonly last: Wish = {
    instance: "identity/a1",
    transition: "Identity_Grant",
    inputs: { role: "auditor", scope: "nothing/*" },
  };
  readonly #signer: (name: string) => Signer;
  readonly #table: typeof decide;
  readonly #answers = new Map<string, CallAnswer>();
  readonly #gone = new Set<string>();
  /** Leases that agents know of. */
  readonly #held = new Set<string>();
  #state: State | null = null;
  #instances: readonly string[] = [];
  #views: ViewMaker | null = null;
  #nowMs = 0;
  /** In a healed world everybody does at once, and well, what is asked. */
  #isWell = false;

  /** `table`: the driver's, unless a test has a worse one. */
  constructor(signer: (name: string) => Signer, table = decide) {
    this.#signer = signer;
    this.#table = table;
  }

  wish(random: SeededRandom, state: State, { instances, now }: Outlook): Wished {
    this.#look(state, { instances, now });
    const fact = missingFact(state, now) ?? this.#absentAgent(state);
    if (fact !== undefined && random.chance(90)) return fact;
    const dice = random.below(100);
    if (dice < 18) return flap(random, state, now);
    if (dice < 21) return this.#comeAndGo(random);
    if (dice < 22) return this.#person(random);
    return this.#drive(random, state) ?? flap(random, state, now);
  }

  #look(state: State, { instances, now }: Outlook): void {
    this.#state = state;
    this.#instances = instances;
    this.#nowMs = now;
  }

  async converge(random: SeededRandom, healed: Healed): Promise<void> {
    this.#isWell = true;
    this.#gone.clear();
    await converge(this.#wellFleet(), random, healed);
  }

  #wellFleet(): WellFleet {
    return {
      projects: Array.from({ length: PROJECTS }, (_none, place) => `project/p${place}`),
      look: (state, outlook) => this.#look(state, outlook),
      isAlive: (agent) => !this.#gone.has(agent),
      bury: (agent) => this.#bury(agent),
      due: (random, instance) => this.#due(random, instance),
      connect: (agent) => this.#connect(agent, this.#connectionOf(agent) + 1),
      disconnect: (agent) => this.#disconnect(agent),
      decided: (instance, transition, reason) =>
        this.#by("operator", instance, transition, reason === undefined ? {} : { reason }),
    };
  }

  /** Draws as ever; but all goes well in a healed world. */
  #goesWell(random: SeededRandom, percent: number): boolean {
    return random.chance(percent) || this.#isWell;
  }

  *#due(random: SeededRandom, instance: string): Iterable<Wished> {
    const state = this.#state;
    if (state === null) return;
    const document = documentOf(state, instance);
    if (document === undefined) {
      yield this.#boot(instance);
      return;
    }
    const project = new Project(document);
    const ingested = this.#ingest(random, project);
    if (ingested !== undefined) yield ingested;
    yield* this.#work(random, state, project);
    for (let answered = 0; answered < ANSWERS_MAX; answered += 1) {
      const known = this.#answers.size + this.#held.size;
      for (const step of this.#steps(state, instance)) {
        const made = this.#made(random, step, project);
        if (made !== undefined) yield made;
      }
      if (this.#answers.size + this.#held.size === known) return;
    }
  }

  #absentAgent(state: State): Wished | undefined {
    const name = AGENTS.find((one) => documentOf(state, `agent/${one}`) === undefined);
    return name === undefined ? undefined : this.#connect(name, 1);
  }

  #connect(name: string, connection: number): Wished {
    const inputs = {
      capabilities: ["any"],
      connection,
      key: this.#signer(name).key,
      pool: "main",
      runner: name,
    };
    return {
      wish: { instance: `agent/${name}`, transition: "Agent_Connect", inputs },
      signer: "fleet",
    };
  }

  /** An agent dies, or one that died is back: with a new connection, and nothing in its hands. */
  #comeAndGo(random: SeededRandom): Wished {
    const [back] = this.#gone;
    const name = (random.chance(70) ? back : undefined) ?? random.pick(AGENTS) ?? "a1";
    if (this.#gone.delete(name)) return this.#connect(name, this.#connectionOf(name) + 1);
    this.#bury(name);
    return this.#disconnect(name);
  }

  #connectionOf(name: string): number {
    const { connection } = this.#state === null ? {} : contextOf(this.#state, `agent/${name}`);
    return typeof connection === "number" ? connection : 0;
  }

  #bury(name: string): void {
    this.#gone.add(name);
    for (const lease of this.#held) if (lease.startsWith(`${name} `)) this.#held.delete(lease);
  }

  #disconnect(name: string): Wished {
    const inputs = { connection: Math.max(1, this.#connectionOf(name)), reason: "it died" };
    return {
      wish: { instance: `agent/${name}`, transition: "Agent_Disconnect", inputs },
      signer: "fleet",
    };
  }

  /** What people and SHHH do now and then. */
  #person(random: SeededRandom): Wished {
    const instance = `project/p${random.below(PROJECTS)}`;
    const reason = { reason: "at random" };
    const [transition, inputs, signer] =
      random.pick([
        ["Run_Pause", reason, "operator"],
        ["Run_Resume", reason, "operator"],
        ["Run_Resume", reason, "operator"],
        ["Policy_Quarantine", { policy_version: 1, rationale: "found" }, "shhh"],
        ["Policy_Release", reason, "operator"],
        ["Policy_Release", reason, "operator"],
      ] as const) ?? (["Run_Resume", reason, "operator"] as const);
    return { wish: this.#named({ instance, transition, inputs }), signer };
  }

  /** The next thing that is possible or due for some project, by the driver's table. */
  #drive(random: SeededRandom, state: State): Wished | undefined {
    const instance = `project/p${random.below(PROJECTS)}`;
    const document = documentOf(state, instance);
    if (document === undefined) return this.#boot(instance);
    const project = new Project(document);
    if (random.chance(25)) {
      const own = this.#ingest(random, project) ?? this.#worked(random, state, project);
      if (own !== undefined) return own;
    }
    for (let answered = 0; answered < ANSWERS_MAX; answered += 1) {
      const steps = this.#steps(state, instance);
      const step = random.pick(steps);
      if (step === undefined) break;
      const wished = this.#made(random, step, project);
      if (wished !== undefined) return wished;
    }
    return this.#ingest(random, project) ?? this.#worked(random, state, project);
  }

  #boot(instance: string): Wished {
    return this.#by("driver", instance, "Boot_ConfigOk", {
      config_hash: kept("config"),
      identities: ["driver", "ingest", "shhh"],
    });
  }

  #steps(state: State, instance: string): readonly Step[] {
    this.#views ??= new ViewMaker(
      {
        now: () => this.#nowMs,
        origin: state.origin,
        instances: () => this.#instances,
        document: (name) => (this.#state === null ? undefined : documentOf(this.#state, name)),
        config: ({ meta }) => {
          const config = this.#state?.chartByHash(meta.chart_hash)?.normal.config;
          return Object(config);
        },
        plan: () => PLAN.plan,
        isConnected: (agent) => !this.#gone.has(agent),
        holds: (session) => this.#held.has(leaseOf(session)),
      },
      PATIENCE,
    );
    this.#views.begin();
    const view = this.#views.of(instance, this.#answers);
    return view === undefined ? [] : this.#table(view, nodeHasher);
  }

  /** A step as somebody's proposal; undefined where it needs none. */
  #made(random: SeededRandom, step: Step, project: Project): Wished | undefined {
    switch (step.kind) {
      case "propose": {
        const { by, inputs, instance, transition, window } = step;
        const named = window === undefined ? {} : { window };
        return { wish: { instance, transition, inputs, ...named }, signer: by };
      }
      case "ask":
        return this.#gone.has(step.agent) ? undefined : this.#asked(random, step, project);
      case "lease":
        if (!this.#gone.has(step.session.agent)) this.#held.add(leaseOf(step.session));
        return undefined;
      case "release":
        this.#held.delete(leaseOf(step.session));
        return undefined;
    }
  }

  /** What an agent does that the driver asks. */
  #asked(
    random: SeededRandom,
    { agent, data, key, op }: Extract<Step, { kind: "ask" }>,
    { instance }: Project,
  ): Wished | undefined {
    const reason = String(data["reason"] ?? "asked for");
    switch (op) {
      case "council.opportunity": {
        const inputs = { load: random.below(3), role: String(data["role"]), weight: 50 };
        return this.#by(agent, instance, "Council_Claim", inputs);
      }
      case "council.vote":
        this.#answers.set(key, { kind: "done", value: this.#vote(random, agent, data) });
        return undefined;
      case "council.eject":
        return this.#by(agent, instance, "Council_Eject", {
          member: String(data["member"]),
          reason,
        });
      case "council.reelect":
        return this.#by(agent, instance, "Council_ReElect", { reason });
      case "environment.provision":
        return this.#by(agent, instance, "Environment_Installed", {
          assets: [{ digest: kept("checkout"), name: "checkout" }],
          effect: String(data["effect"]),
          manifest: kept("manifest"),
        });
      case "environment.health":
        this.#answers.set(key, {
          kind: "done",
          value: { ok: this.#goesWell(random, 85), reason: "ill" },
        });
        return undefined;
      case "execution.review":
        // Outside of the window it makes up its mind, which is soon done.
        if (this.#isWell && data["window"] === "") return undefined;
        return this.#goesWell(random, 90)
          ? this.#by(agent, instance, "Execution_Approve")
          : this.#by(agent, instance, "Execution_Reject", { reason: "not yet" });
      default:
        throw new Error(`the driver asks for ${op}, which no simulated agent knows`);
    }
  }

  #vote(random: SeededRandom, agent: string, data: JsonObject): JsonObject {
    const { content_hash: contentHash, subject, version } = data;
    const choice = this.#goesWell(random, 90) ? "approve" : "reject";
    const pins = { content_hash: String(contentHash), version: Number(version) };
    const payload = votePayload(subjectOf(subject), pins, choice);
    return { choice, signature: this.#signer(agent).sign(VOTE_TYPE, payload) };
  }

  #ingest(random: SeededRandom, project: Project): Wished | undefined {
    const isWell = this.#isWell;
    const isKnownGood = (contentHash: string): boolean =>
      this.#state !== null && isAllowed(this.#state, project.id, contentHash);
    const due = ingest(random, project, { isWell, isKnownGood });
    // SHHH says its own without a window.
    return due === undefined || due.signer !== "ingest"
      ? due
      : { ...due, wish: this.#named(due.wish) };
  }

  #worked(random: SeededRandom, state: State, project: Project): Wished | undefined {
    const [first] = this.#work(random, state, project);
    return first;
  }

  /**
   * An agent goes on with a task that it holds: begins it, ends it well, or fails. That it begins is news and no more: who is
   * refused that goes on, as the real one does.
   */
  *#work(random: SeededRandom, state: State, project: Project): Iterable<Wished> {
    const task = project.context.execution.tasks.find(
      ({ state: is }) => is === "assigned" || is === "started",
    );
    if (task === undefined) return;
    // The newest: one that failed before it was assigned may have had the same fence.
    const session = this.#instances.findLast(
      (name) =>
        chartNameOf(name) === "session" &&
        contextOf(state, name)["fence"] === task.fence &&
        contextOf(state, name)["task"] === task.id &&
        contextOf(state, name)["holder"] === project.id,
    );
    const agent = session === undefined ? "" : String(contextOf(state, session)["agent"]);
    if (session === undefined || this.#gone.has(agent)) return;
    const lease = `${agent} ${session.slice("session/".length)} ${task.fence}`;
    if (this.#isWell && !this.#held.has(lease)) return;
    const inputs = { fence: task.fence, task: task.id };
    if (task.state === "assigned" && this.#goesWell(random, 80))
      yield this.#by(agent, project.instance, "Execution_TaskStarted", inputs);
    const ended = { ...inputs, evidence: kept("done"), session: session.slice("session/".length) };
    yield this.#goesWell(random, 85)
      ? this.#by(agent, project.instance, "Execution_TaskFinished", ended)
      : this.#by(agent, project.instance, "Execution_TaskFailed", { ...ended, reason: "it broke" });
  }

  #by(signer: string, instance: string, transition: string, inputs: JsonObject = {}): Wished {
    return { wish: this.#named({ instance, transition, inputs }), signer };
  }

  /** Names the present window. */
  #named(wish: Wish): Wish {
    const { window_id: window } = this.#state === null ? {} : contextOf(this.#state, "beat/main");
    return typeof window === "string" && window !== "" ? { ...wish, window } : wish;
  }
}

function leaseOf({ agent, fence, id }: Session): string {
  return `${agent} ${id} ${fence}`;
}

function subjectOf(subject: unknown): CertificateSubject {
  return Object(subject);
}
