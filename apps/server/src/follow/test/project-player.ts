import { type Document, type JsonObject } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { Project } from "../../driver/project-document.ts";
import type { Leader, LeaderWish } from "./leader.ts";
import { violations } from "./project-invariants.ts";
import { AGENTS, type Act, type ProjectStage } from "./project-stage.ts";

/** Projects that go on at once: few, so that they meet in pool and agents. */
const LIVE = 6;
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
  readonly #stage: ProjectStage;
  #begun = 0;

  constructor(stage: ProjectStage, random: SeededRandom) {
    this.#leader = stage.leader;
    this.#stage = stage;
    this.#random = random;
  }

  /** Plays until so many transitions of projects were accepted. */
  async until(accepted: number): Promise<void> {
    while (this.accepted < accepted) {
      if (this.#random.chance(8)) this.#leader.clock.advance(1 + this.#random.below(40));
      const leftover = this.#random.chance(10) ? this.#leftover() : undefined;
      if (leftover !== undefined) await this.#leader.act(leftover);
      else if (this.#random.chance(25)) await this.#leader.act(this.#world());
      else await this.#play();
    }
  }

  async #play(): Promise<void> {
    const live = this.#live();
    if (live.length < LIVE) {
      this.#begun += 1;
      await this.#take(
        this.#stage.act(`project/p${this.#begun}`, "driver", "Boot_ConfigOk", {
          config_hash: this.#stage.evidence,
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
      const document = this.#stage.document(`project/p${id}`);
      if (document !== undefined && !document.meta.ended) documents.push(document);
    }
    return documents;
  }

  /** What may come next of this project: most of what its state listens to, some of what it does not. */
  #acts(project: Project, document: Document): readonly Act[] {
    const { context, instance } = project;
    const { council, execution, ingestion } = context;
    const at = (by: string, transition: string, inputs: JsonObject = {}): Act =>
      this.#stage.act(instance, by, transition, inputs);
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
          index_hash: this.#stage.evidence,
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
        this.#stage.certificate(project, {
          builders: this.#random.chance(92) ? 2 : 1,
          choice: () => (this.#random.chance(90) ? "approve" : "reject"),
        }),
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
          assets: [{ digest: this.#stage.evidence, name: "checkout" }],
          manifest: this.#stage.evidence,
          ...effect("provision"),
        }),
        ...(project.in("Environment.READY") && this.#random.chance(80)
          ? []
          : [at("driver", "Environment_Green")]),
      ],
      execution: [
        at("driver", "Lifecycle_AllReady"),
        at("driver", "Execution_PlanLocked", { ...this.#stage.plan() }),
        ...this.#work(project),
        at("driver", "Execution_ReviewGate"),
        ...AGENTS.slice(0, 3).map((name) => at(name, "Execution_Approve")),
        at("driver", "Execution_ApprovalsThreshold"),
        at("driver", "Execution_Submit", {
          artefacts: this.#stage.evidence,
          summary: this.#stage.evidence,
        }),
        at("driver", "Execution_Complete"),
        at("driver", "Execution_NextWindow"),
      ],
    };
    // What breaks the way, and what mends it: rarer, or nothing would ever come to its end.
    const bad = [
      at("ingest", "Ingestion_NewVersion"),
      at("driver", "Ingestion_RollbackIndex"),
      at("a2", "Council_Eject", { ...reason, member: this.#stage.key("a3").identity }),
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
      this.#stage.document(`agent/${name}`)?.configuration.includes("Work.READY"),
    );
    if (task.state === "assigned" || task.state === "started") {
      const { agent = "a1" }: { agent?: string } = Object(session?.context);
      const inputs = { fence: task.fence, task: task.id };
      const ended = { ...inputs, evidence: this.#stage.evidence, session: id };
      return [
        this.#stage.act(project.instance, agent, "Execution_TaskStarted", inputs),
        this.#stage.act(project.instance, agent, "Execution_TaskFinished", ended),
        ...(this.#random.chance(20)
          ? [
              this.#stage.act(project.instance, agent, "Execution_TaskFailed", {
                ...ended,
                reason: "no",
              }),
            ]
          : []),
      ];
    }
    if (session === undefined) {
      const inputs = { holder: project.id, kind: "task", pool: "main", task: task.id };
      return [this.#stage.act(instance, "driver", "Session_Request", inputs)];
    }
    const { fence = 0 }: { fence?: number } = Object(session.context);
    if (session.configuration.includes("ALLOCATED"))
      return [
        this.#stage.act(project.instance, "driver", "Execution_TaskAssigned", {
          fence,
          session: id,
          task: task.id,
        }),
      ];
    if (free === undefined) return [];
    const { fence: last = 0 }: { fence?: number } = Object(
      this.#stage.document(`agent/${free}`)?.context,
    );
    return [
      this.#stage.act(instance, "driver", "Session_Allocate", {
        agent: free,
        fence: Math.max(last, task.fence) + 1,
        key: this.#stage.key(free).identity,
      }),
    ];
  }

  /** The release of a session whose project works on its task no more, as the driver does it: else every agent is lent for ever. */
  #leftover(): LeaderWish | undefined {
    for (const agent of AGENTS) {
      const id = Object(this.#stage.document(`agent/${agent}`)?.context)["session"];
      const session = id === "" ? undefined : this.#stage.document(`session/${id}`);
      if (session === undefined) continue;
      const { holder, task }: { holder?: string; task?: string } = Object(session.context);
      const document = this.#stage.document(`project/${holder}`);
      const project = document === undefined ? undefined : new Project(document);
      const asked = project?.context.execution.tasks.find((one) => one.id === task);
      const isWorking = project?.in("Execution.EXECUTION.WORK") === true && !project.isEnded;
      if (isWorking && asked !== undefined && asked.state !== "done") continue;
      const reason = "the project needs it no more";
      return this.#stage.act(`session/${id}`, "driver", "Session_Release", { reason });
    }
    return undefined;
  }

  /** The session of a task that goes on, or the name of the next one. */
  #session(project: string, task: string): { readonly id: string; readonly session?: Document } {
    for (let turn = 0; ; turn += 1) {
      const id = `${project}-${task}-${turn}`;
      const session = this.#stage.document(`session/${id}`);
      if (session === undefined) return { id };
      if (!session.meta.ended) return { id, session };
    }
  }

  #verdict({ context, id }: Project): Act {
    return this.#stage.act(`policy/${id}`, "shhh", "Policy_Verdict", {
      findings: 0,
      policy_version: 1,
      subject: context.ingestion.content_hash,
      verdict: this.#random.chance(95) ? "allow" : "deny",
    });
  }

  /** Content of one of a few kinds, kept as evidence. */
  #content(): string {
    return this.#leader.node.blobs.save(Buffer.from(`content ${this.#random.below(5)}`));
  }

  #world(): LeaderWish {
    if (this.#random.chance(3)) return this.#stage.licence(this.#random.below(200));
    if (this.#random.chance(10)) return this.#stage.licence();
    return this.#random.chance(10) ? this.#stage.count() : this.#stage.frame();
  }
}
