import type { JsonObject } from "@swoosh/kernel";
import { Project } from "../../driver/project-document.ts";
import { AGENTS, type ProjectStage } from "./project-stage.ts";

const ROLES = ["builder", "reviewer"];

/** Projects of one stage, walked by hand from one region's state to the next. */
export class ProjectWalk {
  readonly stage: ProjectStage;
  readonly #word: string;
  #begun = 0;
  #sessions = 0;

  constructor(stage: ProjectStage, word = "w") {
    this.stage = stage;
    this.#word = word;
  }

  must(instance: string, by: string, transition: string, inputs: JsonObject = {}): Promise<void> {
    return this.stage.must(this.stage.act(instance, by, transition, inputs));
  }

  project(instance: string): Project {
    const document = this.stage.document(instance);
    if (document === undefined) throw new Error(`${instance} is not there`);
    return new Project(document);
  }

  /** A new project that waits for its licence. */
  async configure(): Promise<string> {
    this.#begun += 1;
    const instance = `project/${this.#word}${this.#begun}`;
    const identities = ["driver", "ingest", "shhh"];
    const config_hash = this.stage.evidence;
    await this.must(instance, "driver", "Boot_ConfigOk", { config_hash, identities });
    return instance;
  }

  /** A new project, licensed. */
  async begin(): Promise<string> {
    const instance = await this.configure();
    await this.must(instance, "driver", "Boot_Licensed");
    return instance;
  }

  /** Moves the tempo to a frame of this phase; `isDownbeat`: to the one that follows a review. */
  async toPhase(phase: string, isDownbeat = false): Promise<void> {
    for (;;) {
      await this.stage.must(this.stage.frame());
      const beat = Object(this.stage.document("beat/main")?.context);
      if (beat["phase"] === phase && (!isDownbeat || beat["downbeat"] === true)) return;
    }
  }

  /** Two builders, a reviewer, and what they need. */
  async claimAll(instance: string, tools: readonly JsonObject[] = []): Promise<void> {
    for (const [place, name] of AGENTS.slice(0, 3).entries())
      await this.claim(instance, name, place === 2 ? "reviewer" : "builder");
    await this.load(instance, tools);
  }

  claim(instance: string, name: string, role: string, weight = 50): Promise<void> {
    return this.must(instance, name, "Council_Claim", { load: 0, role, weight });
  }

  load(instance: string, tools: readonly JsonObject[] = []): Promise<void> {
    const asked = { core_roles: ROLES, roles: ROLES, tools };
    return this.must(instance, "driver", "Council_ProfilesLoaded", asked);
  }

  certify(instance: string, builders = 2): Promise<void> {
    return this.stage.must(this.stage.certificate(this.project(instance), { builders }));
  }

  async seat(instance: string): Promise<void> {
    await this.claimAll(instance);
    await this.certify(instance);
    await this.must(instance, "driver", "Council_McpGreen");
  }

  /** Inputs of `Environment_CapacityOk`. */
  demand(instance: string): JsonObject {
    const { content_hash: hash, version } = this.project(instance).context.ingestion;
    return { assets: ["checkout"], content_hash: hash, demand: 1, lead: "a1", version };
  }

  /** Inputs of `Environment_Installed`. */
  installed(instance: string): JsonObject {
    return {
      assets: [{ digest: this.stage.evidence, name: "checkout" }],
      manifest: this.stage.evidence,
      effect: this.project(instance).effect("provision") ?? "none",
    };
  }

  async provide(instance: string): Promise<void> {
    await this.must(instance, "driver", "Environment_CapacityOk", this.demand(instance));
    await this.must(instance, "a1", "Environment_Installed", this.installed(instance));
    await this.must(instance, "driver", "Environment_Green");
  }

  /** With content and a council: to a locked plan. */
  async lock(instance: string): Promise<void> {
    await this.provide(instance);
    await this.toPhase("plan");
    await this.must(instance, "driver", "Lifecycle_AllReady");
    await this.must(instance, "driver", "Execution_PlanLocked", this.stage.plan());
  }

  /** From a locked plan to its review, in its first frame. */
  async toReview(instance: string): Promise<void> {
    await this.toPhase("execute");
    for (const task of ["one", "two"]) await this.work(instance, task);
    await this.toPhase("review");
    await this.must(instance, "driver", "Execution_ReviewGate");
  }

  /** A task, assigned and finished by the first agent. */
  async work(instance: string, task: string): Promise<void> {
    const lease = await this.assign(instance, task);
    const ended = { ...lease, evidence: this.stage.evidence };
    await this.must(instance, "a1", "Execution_TaskFinished", ended);
  }

  async assign(instance: string, task: string): Promise<JsonObject> {
    this.#sessions += 1;
    const fence = this.#sessions;
    const session = `${this.#word}s${fence}`;
    const holder = this.project(instance).id;
    const asked = { holder, kind: "task", pool: "main", task };
    await this.must(`session/${session}`, "driver", "Session_Request", asked);
    const key = this.stage.key("a1").identity;
    await this.must(`session/${session}`, "driver", "Session_Allocate", {
      agent: "a1",
      fence,
      key,
    });
    const lease = { fence, session, task };
    await this.must(instance, "driver", "Execution_TaskAssigned", lease);
    return lease;
  }

  /** Proposes what must be refused; gives code and reasons. */
  async refusal(act: Parameters<ProjectStage["leader"]["refusalOf"]>[0]): Promise<string> {
    const { engine } = this.stage.leader.node;
    const before = engine.state.head(act.instance)?.hash;
    const told = await this.stage.leader.refusalOf(act);
    if (engine.state.head(act.instance)?.hash !== before)
      throw new Error(`a refused ${act.transition} moved ${act.instance}: ${told}`);
    return told;
  }
}
