import { type Document, type JsonObject } from "@swoosh/kernel";
import { electCouncil, memberSetHash, VOTE_TYPE, votePayload, type Claim } from "@swoosh/guards";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { Project } from "../../driver/project-document.ts";
import { hasher } from "../../hasher.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { lockedPlanOf } from "../../project-file/plan-inputs.ts";
import { readProjectFile } from "../../project-file/read-project-file.ts";
import type { Leader, LeaderWish } from "./leader.ts";
import { violations } from "./project-invariants.ts";

/** Projects that go on at once: few, so that they meet in pool and agents. */
const LIVE = 6;
const AGENTS = ["a1", "a2", "a3", "a4"];
const SERVICES: Readonly<Record<string, readonly (readonly [role: string, scope: string])[]>> = {
  driver: [
    ["controller", "project/*"],
    ["controller", "session/*"],
    ["controller", "agent/*"],
  ],
  ingest: [["ingest", "project/*"]],
  shhh: [
    ["provider", "policy/*"],
    ["provider", "project/*"],
  ],
  facts: [
    ["provider", "license/*"],
    ["provider", "beat/*"],
    ["provider", "capacity/*"],
  ],
};
const FOREVER_MS = 100 * 31_536_000_000;
const BAR = 8;

const PLAN = readProjectFile(
  `goal: play
roles: [{ name: builder, core: true, seats: 2 }, { name: reviewer, core: true }]
tasks: [{ id: one, run: x }, { id: two, run: y, needs: [one] }]
`,
).plan;

type Act = LeaderWish & { readonly inputs: JsonObject };

/**
 * Plays `charts/project.yaml` at random, with everybody who may propose something: what could come next, mostly in its right form, and
 * whatever the chart declares besides. Every accepted record of a project is held to the invariants.
 */
export class ProjectPlayer {
  /** Accepted transitions of projects. */
  accepted = 0;
  refused = 0;
  /** Times that each transition was accepted. */
  readonly seen = new Map<string, number>();
  readonly violations: string[] = [];
  readonly #leader: Leader;
  readonly #random: SeededRandom;
  readonly #keys = new Map<string, PrivateKey>();
  #beat = 0;
  #begun = 0;
  #evidence = "";

  constructor(leader: Leader, random: SeededRandom) {
    this.#leader = leader;
    this.#random = random;
  }

  /** Identities, agents, licence, capacity, tempo. */
  async begin(): Promise<void> {
    this.#evidence = this.#leader.node.blobs.save(Buffer.from("evidence"));
    for (const [name, roles] of Object.entries(SERVICES)) await this.#register(name, roles);
    for (const name of AGENTS) {
      await this.#register(name, [
        ["agent", "project/*"],
        ["council", "project/*"],
      ]);
      await this.#must({
        instance: `agent/${name}`,
        transition: "Agent_Connect",
        signer: this.#key("driver"),
        inputs: {
          capabilities: ["any"],
          connection: 1,
          key: this.#key(name).identity,
          pool: "main",
          runner: name,
        },
      });
    }
    await this.#must(this.#licence(true));
    await this.#must(this.#count());
    await this.#must(this.#frame());
  }

  /** Plays until so many transitions of projects were accepted. */
  async until(accepted: number): Promise<void> {
    while (this.accepted < accepted) {
      if (this.#random.chance(8)) this.#leader.clock.advance(1 + this.#random.below(40));
      if (this.#random.chance(25)) await this.#leader.act(this.#world());
      else await this.#play();
    }
  }

  async #play(): Promise<void> {
    const live = this.#live();
    if (live.length < LIVE) {
      this.#begun += 1;
      await this.#take(
        this.#act(`project/p${this.#begun}`, "driver", "Boot_ConfigOk", {
          config_hash: this.#evidence,
          identities: ["driver", "ingest", "shhh"],
        }),
      );
      return;
    }
    const document = this.#random.pick(live);
    if (document === undefined) return;
    const acts = this.#acts(new Project(document), document);
    // Mostly something that the present configuration listens to.
    const heard = acts.filter(
      (act) => act.instance !== document.meta.instance || this.#isHeard(document, act),
    );
    const act = this.#random.pick(heard.length > 0 && this.#random.chance(90) ? heard : acts);
    if (act !== undefined) await this.#take(act);
  }

  #isHeard({ configuration, meta }: Document, { transition }: Act): boolean {
    const states = this.#leader.node.engine.state.chartByHash(meta.chart_hash)?.states ?? [];
    return states.some(
      ({ on, path }) =>
        on.has(transition) &&
        (path === "" || configuration.some((leaf) => leaf === path || leaf.startsWith(`${path}.`))),
    );
  }

  async #take(act: Act): Promise<void> {
    const { engine } = this.#leader.node;
    const before = engine.state.head(act.instance)?.document;
    const code = await this.#leader.act(act);
    if (code !== "accepted") {
      this.refused += 1;
      return;
    }
    if (!act.instance.startsWith("project/")) return;
    this.accepted += 1;
    const { transition } = act;
    this.seen.set(transition, (this.seen.get(transition) ?? 0) + 1);
    const after = engine.state.head(act.instance)?.document;
    if (after === undefined) return;
    for (const one of violations({ transition, inputs: act.inputs, before, after }))
      this.violations.push(`${act.instance} ${transition}: ${one}`);
  }

  #live(): readonly Document[] {
    const documents: Document[] = [];
    for (let id = this.#begun; id > 0 && documents.length < LIVE; id -= 1) {
      const document = this.#document(`project/p${id}`);
      if (document !== undefined && !document.meta.ended) documents.push(document);
    }
    return documents;
  }

  /** What may come next of this project: most of what its state listens to, some of what it does not. */
  #acts(project: Project, document: Document): readonly Act[] {
    const { context, instance } = project;
    const { council, execution, ingestion } = context;
    const at = (by: string, transition: string, inputs: JsonObject = {}): Act =>
      this.#act(instance, by, transition, inputs);
    const effect = (name: string): JsonObject => {
      const id = document.effects.find((one) => one.name === name)?.id;
      return id === undefined ? {} : { effect: id };
    };
    const pins = { content_hash: ingestion.content_hash, version: ingestion.version };
    const reason = { reason: "at random" };
    const own = {
      boot: [at("driver", "Boot_Licensed"), at("driver", "Boot_LicenseDenied", reason)],
      ingestion: [
        at("ingest", "Ingestion_SourcesResolved", {
          sources: [{ kind: "directory", pin: "0".repeat(40), uri: "/s" }],
        }),
        at("ingest", "Ingestion_BytesOk", {
          bytes: 1,
          content_hash: this.#content(),
          files: 1,
          ...effect("fetch"),
        }),
        this.#verdict(project),
        at("ingest", "Ingestion_SchemaOk", {
          content_hash: ingestion.content_hash,
          findings: 0,
          policy_version: 1,
          problems: this.#random.chance(10) ? 1 : 0,
          ...effect("validate"),
        }),
        at("shhh", "Ingestion_PolicyViolation", { policy_version: 1, rationale: "found" }),
        at("ingest", "Ingestion_CorpusBuilt", {
          content_hash: ingestion.content_hash,
          index_hash: this.#evidence,
          version: ingestion.version,
          ...effect("index"),
        }),
      ],
      council: [
        ...AGENTS.slice(0, 3).flatMap((name, place) => {
          if (this.#random.chance(70)) return [];
          const role = place === 2 ? "reviewer" : "builder";
          return [at(name, "Council_Claim", { load: this.#random.below(3), role, weight: 50 })];
        }),
        at("driver", "Council_ProfilesLoaded", {
          core_roles: ["builder", "reviewer"],
          roles: ["builder", "reviewer"],
          tools: [],
        }),
        this.#certificate(project),
        at("driver", "Council_McpGreen"),
      ],
      environment: [
        at("driver", "Environment_CapacityOk", {
          ...pins,
          assets: ["checkout"],
          demand: 1,
          lead: "a1",
        }),
        at("a1", "Environment_Installed", {
          assets: [{ digest: this.#evidence, name: "checkout" }],
          manifest: this.#evidence,
          ...effect("provision"),
        }),
        ...(project.in("Environment.READY") && this.#random.chance(80)
          ? []
          : [at("driver", "Environment_Green")]),
      ],
      execution: [
        at("driver", "Lifecycle_AllReady"),
        at("driver", "Execution_PlanLocked", { ...this.#plan() }),
        ...this.#work(project),
        at("driver", "Execution_ReviewGate"),
        ...AGENTS.slice(0, 3).map((name) => at(name, "Execution_Approve")),
        at("driver", "Execution_ApprovalsThreshold"),
        at("driver", "Execution_Submit", { artefacts: this.#evidence, summary: this.#evidence }),
        at("driver", "Execution_Complete"),
        at("driver", "Execution_NextWindow"),
      ],
    };
    // What breaks the way, and what mends it: rarer, or nothing would ever come to its end.
    const bad = [
      at("ingest", "Ingestion_NewVersion"),
      at("driver", "Ingestion_RollbackIndex"),
      at("a2", "Council_Eject", { ...reason, member: this.#key("a3").identity }),
      at("a1", "Council_ReElect", reason),
      at("driver", "Environment_Amber", reason),
      at("driver", "Environment_Deprovision", reason),
      at("a3", "Execution_Reject", reason),
      at("driver", "Execution_Rework"),
      at("driver", "Execution_QuorumLost", { live: this.#random.below(3) }),
      at("operator", "Run_Pause", reason),
      at("shhh", "Policy_Quarantine", { policy_version: 1, rationale: "at random" }),
      at("driver", "Service_Grace"),
      at("driver", "Service_Stop"),
    ];
    const mend = [
      at("operator", "Run_Resume"),
      at("driver", "Run_Recover", { live: council.members.length }),
      at("operator", "Policy_Release", reason),
      at("driver", "Service_Restore"),
      ...(this.#random.chance(5) ? [at("operator", "Policy_ConfirmBlock", reason)] : []),
    ];
    const isHurt =
      !project.in("Run.RUNNING") || !project.in("Policy.CLEAR") || !project.in("Service.FULL");
    if (isHurt && this.#random.chance(70)) return mend;
    if (this.#random.chance(3)) return bad;
    if (project.in("Lifecycle.BOOT")) return own.boot;
    if (execution.version > 0 && this.#random.chance(60)) return own.execution;
    return [...own.ingestion, ...own.council, ...own.environment, ...own.execution];
  }

  /** One session of one task, from request to its end. */
  #work(project: Project): readonly Act[] {
    const task = project.context.execution.tasks.find(({ state }) => state !== "done");
    if (task === undefined) return [];
    const { id, session } = this.#session(project.id, task.id);
    const instance = `session/${id}`;
    const free = AGENTS.find((name) =>
      this.#document(`agent/${name}`)?.configuration.includes("Work.READY"),
    );
    if (task.state === "assigned" || task.state === "started") {
      const { agent = "a1" }: { agent?: string } = Object(session?.context);
      const inputs = { fence: task.fence, task: task.id };
      const ended = { ...inputs, evidence: this.#evidence, session: id };
      return [
        this.#act(project.instance, agent, "Execution_TaskStarted", inputs),
        this.#act(project.instance, agent, "Execution_TaskFinished", ended),
        ...(this.#random.chance(20)
          ? [this.#act(project.instance, agent, "Execution_TaskFailed", { ...ended, reason: "no" })]
          : []),
      ];
    }
    if (session === undefined) {
      const inputs = { holder: project.id, kind: "task", pool: "main", task: task.id };
      return [this.#act(instance, "driver", "Session_Request", inputs)];
    }
    const { fence = 0 }: { fence?: number } = Object(session.context);
    if (session.configuration.includes("ALLOCATED"))
      return [
        this.#act(project.instance, "driver", "Execution_TaskAssigned", {
          fence,
          session: id,
          task: task.id,
        }),
      ];
    if (free === undefined) return [];
    const { fence: last = 0 }: { fence?: number } = Object(
      this.#document(`agent/${free}`)?.context,
    );
    return [
      this.#act(instance, "driver", "Session_Allocate", {
        agent: free,
        fence: Math.max(last, task.fence) + 1,
        key: this.#key(free).identity,
      }),
    ];
  }

  /** The session of a task that goes on, or the name of the next one. */
  #session(project: string, task: string): { readonly id: string; readonly session?: Document } {
    for (let turn = 0; ; turn += 1) {
      const id = `${project}-${task}-${turn}`;
      const session = this.#document(`session/${id}`);
      if (session === undefined) return { id };
      if (!session.meta.ended) return { id, session };
    }
  }

  /** As the claims elect, signed by all; sometimes of others, which makes it a rival. */
  #certificate(project: Project): Act {
    const { council, ingestion } = project.context;
    const read: { claims?: readonly Claim[] } = Object(
      this.#document(`council/${project.id}`)?.context,
    );
    const seats = [
      { name: "builder", core: true, seats: this.#random.chance(92) ? 2 : 1 },
      { name: "reviewer", core: true, seats: 1 },
    ];
    const members = electCouncil(seats, read.claims ?? []);
    const keys = members.map(({ key }) => key);
    const subject = {
      chart_hash: project.chartHash,
      instance: project.instance,
      member_set_hash: memberSetHash(hasher, keys),
      origin: this.#leader.node.origin,
      term: council.term,
    };
    const pins = { content_hash: ingestion.content_hash, version: ingestion.version };
    const votes = keys.map((member) => {
      const signer = [...this.#keys.values()].find(({ identity }) => identity === member);
      const choice = this.#random.chance(90) ? "approve" : "reject";
      const signature = signer?.sign(VOTE_TYPE, votePayload(subject, pins, choice)) ?? "";
      return { choice, member, signature };
    });
    return this.#act(project.instance, "driver", "Council_QuorumCert", {
      ...pins,
      members: members.map((one) => ({ ...one })),
      subject,
      votes,
    });
  }

  #verdict({ context, id }: Project): Act {
    return this.#act(`policy/${id}`, "shhh", "Policy_Verdict", {
      findings: 0,
      policy_version: 1,
      subject: context.ingestion.content_hash,
      verdict: this.#random.chance(95) ? "allow" : "deny",
    });
  }

  #plan(): JsonObject {
    if (PLAN === undefined) throw new Error("the plan of the player is broken");
    return { ...lockedPlanOf(hasher, PLAN) };
  }

  /** Content of one of a few kinds, kept as evidence. */
  #content(): string {
    return this.#leader.node.blobs.save(Buffer.from(`content ${this.#random.below(5)}`));
  }

  #world(): LeaderWish {
    if (this.#random.chance(3)) return this.#licence(false);
    if (this.#random.chance(10)) return this.#licence(true);
    return this.#random.chance(10) ? this.#count() : this.#frame();
  }

  #licence(isGood: boolean): LeaderWish {
    const now = this.#leader.clock.now();
    return {
      instance: "license/main",
      transition: "License_Granted",
      signer: this.#key("facts"),
      inputs: {
        grace_ms: isGood ? 1_000 : this.#random.below(400),
        observed_at: now,
        source: "local",
        subject: "play",
        valid_until: isGood ? now + FOREVER_MS : now + this.#random.below(200),
      },
    };
  }

  #count(): LeaderWish {
    const inputs = { free: 40, valid_until: this.#leader.clock.now() + FOREVER_MS };
    const signer = this.#key("facts");
    return { instance: "capacity/main", transition: "Capacity_Counted", signer, inputs };
  }

  #frame(): LeaderWish {
    this.#beat += 1;
    const place = this.#beat % BAR;
    return {
      instance: "beat/main",
      transition: "Beat_Observed",
      signer: this.#key("facts"),
      inputs: {
        beat_index: this.#beat,
        cluster: "play",
        deadline_at: this.#leader.clock.now() + FOREVER_MS,
        downbeat: place === 0,
        phase: place < 2 ? "plan" : place < 5 ? "execute" : "review",
        source: "pulse",
        tempo_mbpm: 60_000,
        window_id: Math.floor(this.#beat / BAR)
          .toString(16)
          .padStart(32, "0"),
      },
    };
  }

  #act(instance: string, by: string, transition: string, inputs: JsonObject): Act {
    const { window_id: window = "" }: { window_id?: string } = Object(
      this.#document("beat/main")?.context,
    );
    const signer = by === "operator" ? {} : { signer: this.#key(by) };
    return { instance, transition, inputs, window, ...signer };
  }

  #document(instance: string): Document | undefined {
    return this.#leader.node.engine.state.head(instance)?.document;
  }

  #key(name: string): PrivateKey {
    const key = this.#keys.get(name);
    if (key === undefined) throw new Error(`${name} has no key`);
    return key;
  }

  async #register(
    name: string,
    roles: readonly (readonly [role: string, scope: string])[],
  ): Promise<void> {
    const key = PrivateKey.generate();
    this.#keys.set(name, key);
    await this.#must({
      instance: `identity/${name}`,
      transition: "Identity_Register",
      inputs: {
        key: key.identity,
        kind: "service",
        roles: roles.map(([role, scope]) => ({ role, scope })),
      },
    });
  }

  async #must(wish: LeaderWish): Promise<void> {
    const code = await this.#leader.act(wish);
    if (code !== "accepted")
      throw new Error(`${wish.transition} on ${wish.instance} is refused: ${code}`);
  }
}
