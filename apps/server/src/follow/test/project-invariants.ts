import { parseHlc, type Document, type JsonObject } from "@swoosh/kernel";
import { memberSetHash, quorumOf } from "@swoosh/guards";
import { Project } from "../../driver/project-document.ts";
import { hasher } from "../../hasher.ts";

/** One accepted record of a project: what it was, and the document before and after it. */
export interface Step {
  readonly transition: string;
  readonly inputs: JsonObject;
  readonly before: Document | undefined;
  readonly after: Document;
}

/**
 * The four invariants of the orchestrator's first design (§12, "assert after each transition"), told apart from how charts and kernel keep them:
 * clocks only go forward; a region's epoch advances by one or not at all, and some region's does; EXECUTION is entered
 * only with everything ready for one content and version; a certificate is of exactly the members that it seats. Gives what is violated.
 */
export function violations({ after, before, inputs, transition }: Step): readonly string[] {
  const found: string[] = [];
  if (before !== undefined && !isLater(before.hlc_last, after.hlc_last))
    found.push(`the clock goes from ${before.hlc_last} to ${after.hlc_last}`);
  const steps = Object.entries(after.epoch).map(
    ([region, epoch]) => epoch - (before?.epoch[region] ?? 0),
  );
  if (steps.some((step) => step !== 0 && step !== 1) || !steps.includes(1))
    found.push(`epochs step by ${steps.join(", ")}`);
  const project = new Project(after);
  const { council, environment, execution, ingestion } = project.context;
  const wasPlanning = before !== undefined && new Project(before).in("Execution.EXECUTION");
  if ((project.in("Execution.EXECUTION") && !wasPlanning) || transition === "Lifecycle_AllReady") {
    const isReady =
      project.in("Ingestion.READY") &&
      project.in("Council.READY") &&
      (project.in("Environment.READY") || project.in("Environment.DEGRADED"));
    const pins = [council, environment, execution, ingestion].map(
      ({ content_hash: hash, version }) => `${hash} ${version}`,
    );
    if (!isReady || new Set(pins).size !== 1 || ingestion.content_hash === "")
      found.push(`EXECUTION is entered with ${pins.join(", ")}`);
  }
  if (transition === "Council_QuorumCert" && project.in("Council.TOOLING_SYNC"))
    found.push(...certificateViolations(project, inputs, wasSeated(before)));
  return found;
}

function wasSeated(before: Document | undefined): boolean {
  return before !== undefined && new Project(before).context.council.members.length > 0;
}

function certificateViolations(
  project: Project,
  { subject, votes }: JsonObject,
  isRival: boolean,
): readonly string[] {
  const { member_set_hash: seated, members } = Object(project.context.council) as {
    readonly member_set_hash: string;
    readonly members: readonly { readonly key: string }[];
  };
  const found: string[] = [];
  const own = memberSetHash(
    hasher,
    members.map(({ key }) => key),
  );
  if (own !== seated) found.push(`the council's hash is ${seated}, its members' is ${own}`);
  // A rival one quarantines, and seats nobody.
  if (isRival) return found;
  if (Object(subject)["member_set_hash"] !== seated)
    found.push(`the certificate is of other members`);
  const approving = Array.isArray(votes)
    ? new Set(
        votes
          .map(Object)
          .filter((one) => one["choice"] === "approve")
          .map((one) => one["member"]),
      )
    : new Set();
  const counted = members.filter(({ key }) => approving.has(key)).length;
  if (counted < quorumOf(members.length)) found.push(`${counted} of ${members.length} approved`);
  return found;
}

function isLater(one: string, other: string): boolean {
  const [left, right] = [parseHlc(one), parseHlc(other)];
  if (left === undefined || right === undefined) return false;
  return (
    right.wallMs > left.wallMs || (right.wallMs === left.wallMs && right.counter > left.counter)
  );
}
