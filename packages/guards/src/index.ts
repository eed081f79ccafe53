// The door of the native guards: pure checks that CEL cannot say, registered by name and version.
export { createGuards } from "./create-guards.ts";
export {
  memberSetHash,
  quorumOf,
  VOTE_TYPE,
  votePayload,
  type CertificateFor,
  type CertificateSubject,
  type Vote,
} from "./quorum-certificate.ts";
export { electCouncil, openSeats, type Claim, type Member, type Seat } from "./elect-council.ts";
export { judgeOutcome, type TaskGate, type TaskOutcome } from "./judge-outcome.ts";
export { nextWindow, type NextWindow } from "./next-window.ts";
export type { PlanTask } from "./plan-valid.ts";
export { tasksOnCircles } from "./tasks-on-circles.ts";
export { isAfloat, nextAfloat, pressureAt, type Tide } from "./tide.ts";
export { windowOpen, type Slot } from "./window-open.ts";
