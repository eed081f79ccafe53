import type { Problem } from "@swoosh/protocol";
import { bearerToken } from "./admit.ts";
import type { RouteContext } from "./http-app.ts";
import { refusalProblem } from "./refusal-problem.ts";
import { problemOfRefused } from "./wire-answer-of.ts";

/** Headers of the request that brought a proposal; none where it came another way. */
export type ProposalHeaders = Readonly<Record<string, string | string[] | undefined>>;

type Doors = Pick<RouteContext, "isStopping" | "node" | "sessions">;

const STOPPED_MS = 1_000;
/** Not made anew for every request. */
const ANYBODY = {} as const;
const RESERVED = { operator: true } as const;

/**
 * Why no proposal comes in now, whatever it holds; undefined: it may. The first of the edge's refusals (kernel design §3), so
 * it is asked before a body is read, counted against a share, parsed or scanned, and costs the same however full the
 * engine is. Operators have places of their own (kernel design §5), for those who say who they are by a session's token:
 * a signer's name alone would let everybody fill them.
 */
export function turnedAway(doors: Doors, headers: ProposalHeaders): Problem | undefined {
  if (doors.isStopping())
    return refusalProblem("overloaded", "the server is stopping; send it again", STOPPED_MS);
  const { engine } = doors.node;
  const away = engine.turnsAway(ANYBODY);
  if (away === null) return undefined;
  if (isFromOperator(doors, headers) && engine.turnsAway(RESERVED) === null) return undefined;
  return problemOfRefused(away);
}

/** Does the request carry the token of somebody who is an operator now? A hint: the engine holds the signer against it. */
export function isFromOperator(
  { sessions }: Pick<Doors, "sessions">,
  { authorization }: ProposalHeaders,
): boolean {
  if (sessions === undefined || typeof authorization !== "string") return false;
  const token = bearerToken(authorization);
  return token !== undefined && sessions.isOperators(token);
}
