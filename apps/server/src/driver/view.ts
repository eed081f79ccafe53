import type { Agent, Session } from "@swoosh/fleet";
import type { Claim } from "@swoosh/guards";
import type { Json, JsonObject } from "@swoosh/kernel";
import type { ProjectPlan } from "../project-file/project-plan.ts";
import type { Project } from "./project-document.ts";

/** Frame of `beat/main`. */
export interface Frame {
  readonly beat_index: number;
  readonly deadline_at: number;
  readonly downbeat: boolean;
  readonly phase: string;
  readonly prev_phase: string;
  readonly window_id: string;
}

export interface LicenceFact {
  readonly isGranted: boolean;
  readonly isDenied: boolean;
  readonly reason: string;
  readonly stop_at: number;
  readonly valid_until: number;
}

export interface CapacityFact {
  readonly free: number;
  readonly holders: readonly string[];
  readonly reserved: number;
  readonly valid_until: number;
}

export interface ToolFact {
  readonly isUp: boolean;
  readonly valid_until: number;
  readonly version: string;
}

/** An agent of the log, with what only the present knows. */
export interface SeenAgent extends Agent {
  /** It is on a connection now. */
  readonly isHere: boolean;
  /** ms since it was last seen; 0 while it is here. */
  readonly goneMs: number;
}

/** What came of a call to an agent. */
export type CallAnswer =
  | { readonly kind: "pending" }
  | { readonly kind: "done"; readonly value: Json }
  /** `refusals`: how often in a row the agent itself said no, this time among them; 0 where it did not answer. */
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly refusals: number;
    };

/** What `charts/project.yaml` has under `config`, as far as the driver goes by it. */
export interface ChartConfig {
  readonly attemptsMax: number;
  readonly pool: string;
  readonly slots: JsonObject;
  readonly tide: Json;
}

/** All that one decision about one project looks at. Nothing else reaches the table. */
export interface View {
  /** ms. */
  readonly now: number;
  readonly origin: string;
  readonly project: Project;
  /** What the ingested content asks for; undefined where there is none yet, or where it cannot be read. */
  readonly plan: ProjectPlan | undefined;
  /** Of the project's chart. */
  readonly config: ChartConfig;
  readonly beat: Frame | undefined;
  /** The last beat at which the service was seen STOPPED; 0: none that anybody remembers. */
  readonly stoppedBeat: number;
  readonly licence: LicenceFact | undefined;
  readonly capacity: CapacityFact | undefined;
  readonly tools: ReadonlyMap<string, ToolFact>;
  readonly claims: readonly Claim[];
  readonly agents: readonly SeenAgent[];
  /** Of this project. */
  readonly sessions: readonly Session[];
  /** By the key of the call. */
  readonly answers: ReadonlyMap<string, CallAnswer>;
  /** Is the agent known to work on this session? */
  holds(session: Session): boolean;
  readonly patience: Patience;
}

/** How long the driver waits for what may come back by itself, ms. */
export interface Patience {
  /** Before a quorum counts as lost. */
  readonly quorumMs: number;
  /** Before an agent's work is given to another, and its seat. */
  readonly lostMs: number;
}

/** Something that has become possible, or due. */
export type Step =
  | {
      readonly kind: "propose";
      /** `fleet` speaks for agents that are gone. */
      readonly by: "driver" | "fleet";
      readonly instance: string;
      readonly transition: string;
      readonly inputs: JsonObject;
      readonly window?: string;
      /** Texts that must be stored before: the inputs name their hashes. */
      readonly store?: readonly string[];
      readonly evidence?: readonly string[];
      readonly justification?: string;
    }
  | {
      readonly kind: "ask";
      /** The same key is asked once, until its answer is used or it fails. */
      readonly key: string;
      readonly agent: string;
      readonly op: string;
      readonly data: JsonObject;
      readonly deadlineMs: number;
    }
  | { readonly kind: "lease"; readonly session: Session; readonly data: JsonObject }
  | { readonly kind: "release"; readonly session: Session; readonly reason: string };

/** A row of the table: what it makes of a view. Pure. */
export type Row = (view: View) => readonly Step[];
