import type { ProjectTool } from "../../project-file/project-plan.ts";

/** What was seen of a server of tools. */
export type ToolSeen =
  | { readonly kind: "up"; readonly version: string; readonly tools: number }
  | { readonly kind: "down"; readonly reason: string };

/** The port to servers of the Model Context Protocol: one for each tool. */
export interface ToolProbe {
  /** Where it is, in words that fit into the fact. */
  readonly endpoint: string;
  /** Looks once; never rejects. `onGone`: the server went away between two looks. */
  look(onGone: () => void): Promise<ToolSeen>;
  /** Resolves when nothing is connected and no process runs. */
  close(): Promise<void>;
}

export type MakeToolProbe = (tool: ProjectTool) => ToolProbe;
