import type { LeafHash } from "@swoosh/kernel";
import type { Chronicle } from "./chronicle.ts";
import type { Findings } from "./finding.ts";
import type { CheckpointOp, History, ReadOp } from "./history.ts";
import type { InstanceVersions } from "./instance-versions.ts";

/** What the log says was there to be read. */
export interface Readable {
  readonly versions: InstanceVersions;
  /** Roots of the log's tree by its size. */
  readonly roots: readonly string[];
  readonly leaves: readonly LeafHash[];
}

/** Check 3: what was read was so at some moment while it was being read; so nothing goes back that was seen once. */
export function checkReads(
  history: History,
  readable: Readable,
  about: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  for (const op of history.ops) {
    if (op.kind === "read") checkRead(op, readable, about);
    if (op.kind === "checkpoint") checkCheckpoint(op, readable, about);
  }
}

function checkRead(
  op: ReadOp,
  { versions }: Readable,
  { chronicle, findings }: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  const { answer, instance } = op;
  if (answer === null) return;
  const { least, most } = chronicle.windowOf(op);
  const possible = versions.during(instance, least, most);
  const holds = possible.some((version) =>
    answer === "absent"
      ? version === null
      : version?.hash === answer.hash && version.index === answer.index,
  );
  const seen = answer === "absent" ? "absent" : `${answer.hash} of record ${answer.index}`;
  findings.expect(
    holds,
    "reads",
    () => `${op.process} read ${instance} as ${seen} while there were ${least} to ${most} records`,
  );
}

function checkCheckpoint(
  op: CheckpointOp,
  { roots }: Readable,
  { chronicle, findings }: { readonly chronicle: Chronicle; readonly findings: Findings },
): void {
  const { answer } = op;
  if (answer === null) return;
  const { least, most } = chronicle.windowOf(op);
  findings.expect(
    answer.size >= least && answer.size <= most,
    "records",
    () => `${op.process} saw a tree of ${answer.size} while there were ${least} to ${most} records`,
  );
  findings.expect(
    roots[answer.size] === answer.root,
    "records",
    () =>
      `${op.process} saw the root ${answer.root} of ${answer.size}, which the log does not give`,
  );
}
