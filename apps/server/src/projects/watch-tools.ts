import { chartNameOf } from "@swoosh/kernel";
import { Project } from "../driver/project-document.ts";
import type { RunningNode } from "../node/open-node.ts";
import type { ProjectTool } from "../project-file/project-plan.ts";
import type { ToolHealth } from "../providers/tool/tool-health.ts";
import type { ContentPlans } from "./content-plans.ts";

/** Gives what looks for the tools that the plans of running projects ask for, after each record; of one name the first. */
export function watchTools(given: {
  readonly node: RunningNode;
  readonly plans: ContentPlans;
  readonly health: ToolHealth;
  readonly onDefect: (error: unknown) => void;
}): () => void {
  const { health, onDefect, plans } = given;
  let known = "[]";
  return () => {
    const tools = toolsAskedFor(given.node, plans);
    const asked = JSON.stringify(tools);
    if (asked === known) return;
    known = asked;
    health.watch(tools).catch(onDefect);
  };
}

function toolsAskedFor({ engine }: RunningNode, plans: ContentPlans): readonly ProjectTool[] {
  const tools = new Map<string, ProjectTool>();
  for (const instance of engine.instances()) {
    if (chartNameOf(instance) !== "project") continue;
    const document = engine.state.head(instance)?.document;
    if (document === undefined || document.meta.ended) continue;
    const { content_hash: hash } = new Project(document).context.ingestion;
    if (hash === "") continue;
    for (const tool of plans.read(hash).plan?.tools ?? [])
      if (!tools.has(tool.name)) tools.set(tool.name, tool);
  }
  return [...tools.values()];
}
