import { agentOf, isAbout, projectStep } from "./steps.ts";
import type { Step, View } from "./view.ts";

/** Run rows: a quorum that is lost stops new work; one that is back, or a council of a newer term, lets it go on. */
export function decideRun(view: View): readonly Step[] {
  const { patience, project } = view;
  const { control, council } = project.context;
  if (project.in("Run.RUNNING") && project.in("Execution.EXECUTION")) {
    const live = liveMembers(view, patience.quorumMs);
    if (council.members.length === 0 || live * 2 > council.members.length) return [];
    return [projectStep(view, "Execution_QuorumLost", { live })];
  }
  if (!project.in("Run.RECOVERY")) return [];
  const live = liveMembers(view, 0);
  const isNewer = council.term > control.lost_term && council.members.length > 0;
  if (!isNewer && live * 2 <= council.members.length) return [];
  if (council.members.length === 0) return [];
  return [projectStep(view, "Run_Recover", { live })];
}

function liveMembers(view: View, awayMs: number): number {
  return view.project.context.council.members.filter(({ key }) =>
    isAbout(agentOf(view, key), awayMs),
  ).length;
}
