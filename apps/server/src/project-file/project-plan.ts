import type { TaskGate } from "@swoosh/guards";

/** What `swoosh.yaml` asks for, read and checked, with every default in its place. */
export interface ProjectPlan {
  readonly goal: string;
  readonly roles: readonly ProjectRole[];
  readonly gates: readonly TaskGate[];
  readonly tasks: readonly ProjectTask[];
  readonly tools: readonly ProjectTool[];
  /** Approvals that a review needs: 1 to the number of seats. */
  readonly threshold: number;
  readonly tempo: ProjectTempo;
}

export interface ProjectRole {
  readonly name: string;
  /** Without a member in each of these a council is not certified. */
  readonly core: boolean;
  /** Members that the role wants. */
  readonly seats: number;
}

export interface ProjectTask {
  readonly id: string;
  readonly role: string;
  /** Program and arguments; a command that was written as one text runs in `sh -c`. */
  readonly run: readonly string[];
  /** Ids of the tasks that must be done before. */
  readonly needs: readonly string[];
  readonly deadlineBeats: number;
  /** Name of one of the plan's gates. */
  readonly gate: string;
  /** Files and folders of the checkout that are kept as evidence. */
  readonly artefacts: readonly string[];
  readonly limits: TaskLimits;
}

export interface TaskLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly outputBytes: number;
}

/** A server of the Model Context Protocol that must be up, on its pin, before work begins. */
export interface ProjectTool {
  readonly name: string;
  /** Version that the server must name; empty: any. */
  readonly pin: string;
  readonly server: ToolServer;
}

export type ToolServer =
  | { readonly kind: "stdio"; readonly run: readonly string[] }
  | { readonly kind: "http"; readonly url: string };

export interface ProjectTempo {
  readonly beatsPerMinute: number;
  readonly beatsPerBar: number;
}
