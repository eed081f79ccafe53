import { parseHlc, type Document } from "@swoosh/kernel";
import { memberSetHash } from "@swoosh/guards";
import { nodeHasher } from "@swoosh/kernel/testing";
import { Project } from "@swoosh/server/driver";
import type { Invariant } from "../invariants.ts";

/** The four invariants of the first design, of every record of a project. */
export const PROJECT_INVARIANTS: readonly Invariant[] = [
  of("clocks only go forward", (after, before) => {
    if (before === undefined) return undefined;
    const [was, is] = [parseHlc(before.hlc_last), parseHlc(after.hlc_last)];
    if (was === undefined || is === undefined) return "unreadable";
    const isLater =
      is.wallMs > was.wallMs || (is.wallMs === was.wallMs && is.counter > was.counter);
    return isLater ? undefined : `${before.hlc_last}, then ${after.hlc_last}`;
  }),
  of("a region's epoch steps by one or not at all, and some region's does", (after, before) => {
    const steps = Object.entries(after.epoch).map(
      ([region, epoch]) => epoch - (before?.epoch[region] ?? 0),
    );
    const isSound = steps.every((step) => step === 0 || step === 1) && steps.includes(1);
    return isSound ? undefined : steps.join(", ");
  }),
  of("EXECUTION is entered with everything ready for one content", (after, before) => {
    const project = new Project(after);
    const wasIn = before !== undefined && new Project(before).in("Execution.EXECUTION");
    if (!project.in("Execution.EXECUTION") || wasIn) return undefined;
    const { council, environment, execution, ingestion } = project.context;
    const pins = [council, environment, execution, ingestion].map(
      ({ content_hash: hash, version }) => `${hash} ${version}`,
    );
    const isReady =
      project.in("Ingestion.READY") &&
      project.in("Council.READY") &&
      (project.in("Environment.READY") || project.in("Environment.DEGRADED"));
    return isReady && new Set(pins).size === 1 && ingestion.content_hash !== ""
      ? undefined
      : pins.join(", ");
  }),
  of("a council's hash is that of the members that are seated", (after) => {
    const { members } = new Project(after).context.council;
    if (members.length === 0) return undefined;
    const own = memberSetHash(
      nodeHasher,
      members.map(({ key }) => key),
    );
    const { member_set_hash: seated } = Object(after.context["council"]);
    return own === seated ? undefined : `${String(seated)}, not ${own}`;
  }),
];

function of(
  source: string,
  problem: (after: Document, before: Document | undefined) => string | undefined,
): Invariant {
  return { chart: "project", source, problem: (after, _at, before) => problem(after, before) };
}
