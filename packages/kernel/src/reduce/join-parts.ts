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

/** Carries out joins for a record under way; `chart run` assumes them accepted instead. */
export interface Joiner {
  /** Instances joined so far. */
  readonly count: number;
  /** null: all were accepted. */
  join(requests: readonly JoinRequest[]): RefusalDraft | null;
  /** Forgets all but the first `count` that were joined. */
  keep(count: number): void;
}

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
 * Carries out joins breadth first, each a macrostep of its instance as of before this record. The first that is refused
 * refuses all: `join_refused`, and the record must not be made (or `keep` must forget what it joined).
 */
export class PartJoiner implements Joiner {
  readonly parts: Part[] = [];
  readonly #setting: JoinSetting;

  constructor(setting: JoinSetting) {
    this.#setting = setting;
  }

  get count(): number {
    return this.parts.length;
  }

  join(requests: readonly JoinRequest[]): RefusalDraft | null {
    const queue = [...requests];
    for (const request of queue) {
      const joined = joinOne(this.#setting, this.parts, request);
      if (!(joined instanceof Draft)) return asJoinRefused(request, joined);
      queue.push(...joined.joins);
    }
    return null;
  }

  keep(count: number): void {
    this.parts.length = count;
  }
}

function joinOne(
  { kernel, state, record, main }: JoinSetting,
  parts: Part[],
  request: JoinRequest,
): RefusalDraft | Draft {
  const { instance, transition, inputs, joiner, depth } = request;
  if (depth > JOIN_DEPTH_MAX)
    return refusal("join_refused", [`deeper than ${JOIN_DEPTH_MAX} joins`]);
  if (parts.length >= PARTS_MAX) {
    return refusal("join_refused", [`more than ${PARTS_MAX} instances in one record`]);
  }
  if (!isInstanceName(instance)) return refusal("join_refused", ["not an instance, `chart/id`"]);
  if (instance === main || parts.some((part) => part.draft.instance === instance)) {
    return refusal("join_refused", [
      "is in this record already; an instance moves once in a record",
    ]);
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
  if (refused !== null) return refused;
  parts.push({ draft, transition, inputs });
  return draft;
}

function asJoinRefused(request: JoinRequest, refused: RefusalDraft): RefusalDraft {
  const inner = refused.code === "join_refused" ? "" : ` ${refused.code}`;
  const guard = refused.guard === null ? "" : ` ${refused.guard}`;
  const what = `join ${request.instance} ${request.transition}${inner}${guard}`;
  // A native guard may say no without a word; a refusal may not.
  const said =
    refused.reasons.length === 0 ? [what] : refused.reasons.map((one) => `${what}: ${one}`);
  return refusal("join_refused", said, refused.outcomes);
}
