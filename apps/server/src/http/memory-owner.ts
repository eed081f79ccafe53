import { chartNameOf, type State } from "@swoosh/kernel";
import { given, refused, type Reading } from "../read/reading.ts";
import { viewerOf } from "../read/viewer.ts";
import type { Holder } from "./sessions.ts";

/** Instances that every reader sees: a memory there would be everybody's. */
const SHARED: ReadonlySet<string> = new Set(["beat", "chart"]);
const AUDITOR = "auditor";

/**
 * Whose memory somebody may read, or write to: that of an instance which there is and which they see; undefined: the
 * node's own, which is for those who see everything. Who merely audits writes nowhere.
 */
export function memoryOwner(
  state: State,
  {
    holder,
    instance,
    writes,
  }: {
    readonly holder: Holder;
    readonly instance: string | undefined;
    readonly writes: boolean;
  },
): Reading<string | undefined> {
  const { name, viewer } = holder;
  if (instance === undefined && !viewer.all)
    return refused(
      "forbidden",
      "the node's own memory is for those who see everything; name with for an instance in your scope",
    );
  if (instance !== undefined) {
    if (SHARED.has(chartNameOf(instance)))
      return refused(
        "forbidden",
        `everybody sees ${instance}, so no memory is kept for it; name another instance`,
      );
    if (!viewer.sees(instance))
      return writes
        ? refused("forbidden", `${instance} is not in the scope of ${name}`)
        : missing(instance);
  }
  if (writes && !mayWrite(state, name, instance))
    return refused(
      "forbidden",
      `${name} reads ${instance ?? "the node's own memory"} as ${AUDITOR}; another role there remembers`,
    );
  if (instance !== undefined && state.head(instance) === undefined) return missing(instance);
  return given(instance);
}

function missing(instance: string): Extract<Reading<never>, { ok: false }> {
  return refused("not_found", `there is no ${instance}; a memory belongs to an instance`);
}

/** Sees it by another role than that of an auditor. */
function mayWrite(state: State, name: string, instance: string | undefined): boolean {
  const roles: unknown = state.head(`identity/${name}`)?.document.context["roles"];
  if (!Array.isArray(roles)) return false;
  const viewer = viewerOf(name, { roles: roles.filter((one) => Object(one)["role"] !== AUDITOR) });
  return instance === undefined ? viewer.all : viewer.sees(instance);
}
