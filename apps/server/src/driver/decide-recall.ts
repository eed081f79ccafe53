import { isLive } from "@swoosh/fleet";
import { isLicensed } from "./steps.ts";
import type { Step, View } from "./view.ts";

/** Told to agents, which kill the task's processes: a word of the protocol. */
const REASON = "licence_ended";

/**
 * What runs without a licence is taken back from its agents: all outbound stops, and a task may hold any socket. Only the hand-over is
 * undone. The session keeps its agent and the task its attempt, so that the same attempt begins anew when a licence is back, as
 * it does after a restart of the server; the chart counts an attempt that is given up, and a stop is no fault of the task.
 */
export function decideRecall(view: View): readonly Step[] {
  if (isLicensed(view)) return [];
  return view.sessions
    .filter((session) => isLive(session) && view.holds(session))
    .map((session) => ({ kind: "release", session, reason: REASON }));
}
