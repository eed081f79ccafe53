import type { Hasher } from "@swoosh/kernel";
import { decideBoot } from "./decide-boot.ts";
import { decideCouncil } from "./decide-council.ts";
import { decideEnvironment } from "./decide-environment.ts";
import { decideExecution, decideLeftovers } from "./decide-execution.ts";
import { decideRecall } from "./decide-recall.ts";
import { decideRun } from "./decide-run.ts";
import type { Step, View } from "./view.ts";

/**
 * The driver's table: what a project's facts and state make possible or due now. A function of the view alone; whether a
 * step is right is for the chart to say, this only says what is worth proposing. Order: what stops comes before what
 * goes on.
 */
export function decide(view: View, hasher: Hasher): readonly Step[] {
  const { project } = view;
  if (project.isEnded) return decideLeftovers(view);
  const isStopped = project.in("Policy.QUARANTINED") || project.in("Policy.BLOCKED");
  return [
    ...decideRecall(view),
    ...decideBoot(view),
    ...decideRun(view),
    ...decideLeftovers(view),
    ...(isStopped ? [] : decideCouncil(view, hasher)),
    ...(isStopped ? [] : decideEnvironment(view)),
    ...decideExecution(view, hasher),
  ];
}
