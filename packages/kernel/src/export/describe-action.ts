import { unreachable } from "../unreachable.ts";
import type { NormalAction, NormalAfter, NormalEmit } from "../chart/normal-chart.ts";

/** One action in a few words, the same everywhere: diagrams, differences, findings. */
export function describeAction(action: NormalAction): string {
  if ("assign" in action) {
    return `assign ${action.assign.map(([path, value]) => `${path} = ${value}`).join(", ")}`;
  }
  if ("raise" in action) return `raise ${action.raise}`;
  if ("emit" in action)
    return `emit ${action.emit.id}: ${action.emit.effect} to ${action.emit.owner}`;
  if ("cancel" in action) return `cancel ${action.cancel}`;
  if ("join" in action) return `join ${action.join.instance} ${action.join.transition}`;
  return unreachable(action);
}

/** `after 4 beats`, `after config.waitMs ms`. */
export function describeAfter(after: NormalAfter): string {
  return `after ${after.ms === null ? `${after.beats ?? ""} beats` : `${after.ms} ms`} raise ${after.raise}`;
}

/** `within 4 beats`, `within config.waitMs ms`. */
export function describeDeadline(emit: NormalEmit): string {
  return `within ${emit.deadlineMs === null ? `${emit.deadlineBeats ?? ""} beats` : `${emit.deadlineMs} ms`}`;
}
