import type { Document } from "@swoosh/kernel";

export interface TaskState {
  readonly attempts: number;
  readonly fence: number;
  readonly id: string;
  readonly state: "waiting" | "assigned" | "started" | "done" | "failed";
}

export interface Pins {
  readonly content_hash: string;
  readonly version: number;
}

/** Context of `charts/project.yaml`, as far as the driver looks at it. */
export interface ProjectContext {
  readonly boot: { readonly config_hash: string; readonly reason: string };
  readonly ingestion: Pins;
  readonly council: Pins & {
    readonly members: readonly { readonly key: string; readonly role: string }[];
    readonly roles: readonly string[];
    readonly term: number;
    readonly tools: readonly { readonly name: string; readonly pin: string }[];
  };
  readonly environment: Pins & {
    readonly assets: readonly string[];
    readonly demand: number;
    readonly lead: string;
    readonly manifest: string;
    /** Why there is none, or none that is well; empty at first. */
    readonly reason: string;
  };
  readonly execution: Pins & {
    readonly approvals: readonly number[];
    readonly plan_hash: string;
    readonly rejections: readonly number[];
    readonly review_until: number;
    readonly summary: string;
    readonly tasks: readonly TaskState[];
    readonly threshold: number;
    readonly window_id: string;
  };
  readonly control: { readonly lost_term: number; readonly reason: string };
  readonly policy: {
    readonly policy_version: number;
    readonly rationale: string;
    readonly subject: string;
  };
}

/** States below `Lifecycle.PROJECT_LIFECYCLE`. */
const LIFECYCLE = "Lifecycle.PROJECT_LIFECYCLE.";

/** A project's document with the questions that the driver asks of it. */
export class Project {
  readonly id: string;
  readonly instance: string;
  readonly context: ProjectContext;
  readonly chartHash: string;
  readonly isEnded: boolean;
  /** Its active leaves. */
  readonly configuration: readonly string[];
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
    this.instance = document.meta.instance;
    this.id = this.instance.slice("project/".length);
    // The chart has checked the context before every record: its type is what the chart says.
    this.context = document.context as unknown as ProjectContext;
    this.chartHash = document.meta.chart_hash;
    this.isEnded = document.meta.ended;
    this.configuration = document.configuration;
  }

  /** Is this state active? The path is one of the chart, or one below the lifecycle (`Council.ELECT`). */
  in(path: string): boolean {
    return this.configuration.some(
      (leaf) => isBelow(leaf, path) || isBelow(leaf, `${LIFECYCLE}${path}`),
    );
  }

  /** Id of the open effect with this name. */
  effect(name: string): string | undefined {
    return this.#document.effects.find((one) => one.name === name)?.id;
  }

  get seq(): number {
    return this.#document.meta.seq;
  }

  /** What council and environment must be for: the running plan's pins, or what ingestion has ready. */
  get target(): Pins | undefined {
    const { execution, ingestion } = this.context;
    const isRunning = this.in("Execution.EXECUTION") && !this.in("Execution.EXECUTION.PLAN");
    if (isRunning) return { content_hash: execution.content_hash, version: execution.version };
    if (!this.in("Ingestion.READY")) return undefined;
    return { content_hash: ingestion.content_hash, version: ingestion.version };
  }
}

function isBelow(leaf: string, path: string): boolean {
  return leaf === path || leaf.startsWith(`${path}.`);
}
