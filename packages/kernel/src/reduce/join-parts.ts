import { JOIN_DEPTH_MAX, PARTS_MAX } from "../limits.ts";
import type { JsonObject } from "../json/json.ts";
import { mayJoin } from "./authority.ts";
import { Draft } from "./draft.ts";
import type { JoinRequest } from "./draft.ts";
import { isInstanceName } from "./instance-name.ts";
import type { Kernel } from "./kernel.ts";
import { endedRefusal, locate } from "./locate.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";
import type { State } from "./state.ts";
import { takeTransition } from "./take-transition.ts";
import type { RecordSetting } from "./take-transition.ts";

/** One instance that a record moves by a join. */
export interface Part {
  readonly draft: Draft;
  readonly transition: string;
  readonly inputs: JsonObject;
}

/** The record under way, as joins see it. */
export interface JoinSetting {
  readonly kernel: Kernel;
  readonly state: State;
  readonly record: RecordSetting;
  /** Instance of the proposal itself. */
  readonly main: string;
}

/**
 * Carries out joins breadth first, each a macrostep of its instance as of before this record; `parts` grows.
 * null: all were accepted; else `join_refused`, and the record must not be made.
 */
export function joinParts(
  setting: JoinSetting,
  parts: Part[],
  requests: readonly JoinRequest[],
): RefusalDraft | null {
  const queue = [...requests];
  for (const request of queue) {
    const refused = joinOne(setting, parts, request);
    if (refused !== null) return asJoinRefused(request, refused);
    const joined = parts.at(-1);
    if (joined !== undefined) queue.push(...joined.draft.joins);
  }
  return null;
}

function joinOne(
  { kernel, state, record, main }: JoinSetting,
  parts: Part[],
  request: JoinRequest,
): RefusalDraft | null {
  const { instance, transition, inputs, joiner, depth } = request;
  if (depth > JOIN_DEPTH_MAX) return refusal("join_refused", [`deeper than ${JOIN_DEPTH_MAX} joins`]);
  if (parts.length >= PARTS_MAX) {
    return refusal("join_refused", [`more than ${PARTS_MAX} instances in one record`]);
  }
  if (!isInstanceName(instance)) return refusal("join_refused", ["not an instance, `chart/id`"]);
  if (instance === main || parts.some((part) => part.draft.instance === instance)) {
    return refusal("join_refused", ["is in this record already; an instance moves once in a record"]);
  }
  const found = locate(state, instance, transition);
  if (!found.ok) return found.refusal;
  const { located } = found;
  const { declaration } = located;
  if (!mayJoin(declaration, joiner)) {
    const who = declaration.joinedBy.length === 0 ? "nobody" : declaration.joinedBy.join(", ");
    return refusal("forbidden", [`${joiner} may not join it; ${who} may`]);
  }
  const ended = endedRefusal(located);
  if (ended !== null) return ended;
  const draft = new Draft(kernel, located.chart, located);
  const refused = takeTransition(draft, record, { declaration, inputs, joinDepth: depth + 1 });
  if (refused === null) parts.push({ draft, transition, inputs });
  return refused;
}

function asJoinRefused(request: JoinRequest, refused: RefusalDraft): RefusalDraft {
  const inner = refused.code === "join_refused" ? "" : ` ${refused.code}`;
  const guard = refused.guard === null ? "" : ` ${refused.guard}`;
  const what = `join ${request.instance} ${request.transition}:${inner}${guard}`;
  return refusal("join_refused", refused.reasons.map((reason) => `${what}: ${reason}`), refused.outcomes);
}
