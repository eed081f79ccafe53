import { idOf, type Explanation, type KnownIdentity } from "@swoosh/kernel";
import { isCommitment, readOpening } from "@swoosh/protocol";
import { placeBehind, type InstanceNames } from "./instance-names.ts";
import { IDENTITIES_EXPLAINED_MAX } from "./limits.ts";
import type { LogView } from "./log-view.ts";
import type { ReadNode } from "./read-node.ts";
import type { ReadSource } from "./read-source.ts";
import { given, refused, type Reading } from "./reading.ts";
import type { Viewer } from "./viewer.ts";
import { causesOf, type Cause } from "./why.ts";

/** What `/explain` says of an instance: what it waits for, what each transition needs, and how it came here. */
export interface InstanceExplained extends Explanation {
  /** The cause chain, latest record first. */
  readonly because: readonly Cause[];
  /** Of the record that made the head; −1: the instance does not exist. */
  readonly index: number;
}

export interface ExplainDoors {
  readonly source: ReadSource;
  readonly names: InstanceNames;
  readonly log: LogView;
  readonly blobs: ReadNode["blobs"];
}

/** Explains an instance as of now: guards see the later of the journal's time and the clock's. */
export async function explainInstance(
  { blobs, source, names, log }: ExplainDoors,
  { instance, viewer }: { readonly instance: string; readonly viewer: Viewer },
): Promise<Reading<InstanceExplained>> {
  if (!viewer.sees(instance)) return refused("not_found", `there is no ${instance} here`);
  const explanation = source.kernel.explain(source.state, {
    instance,
    at: Math.max(source.at, source.now()),
    identities: identitiesOf(source, names),
  });
  const index = source.head(instance)?.index ?? -1;
  if (explanation === undefined)
    return refused("not_found", `there is no ${instance}, and no chart of that name is installed`);
  const because = await causesOf(log, { instance, viewer, opened: (hash) => textIn(blobs, hash) });
  return given({ ...explanation, index, because });
}

/** What a commitment stands for; undefined: its opening is not here, or went. */
function textIn(blobs: ReadNode["blobs"], hash: string): string | undefined {
  const bytes = isCommitment(hash) ? blobs.read(hash) : undefined;
  return bytes === undefined ? undefined : readOpening(Buffer.from(bytes).toString("utf8"));
}

function* identitiesOf(source: ReadSource, names: InstanceNames): Generator<KnownIdentity> {
  const sorted = names.sorted();
  const from = placeBehind(sorted, "identity/");
  for (let place = from; place < from + IDENTITIES_EXPLAINED_MAX; place += 1) {
    const name = sorted[place];
    if (name === undefined || !name.startsWith("identity/")) return;
    const head = source.head(name);
    if (head === undefined || head.document.meta.ended) continue;
    yield { name: idOf(name), context: head.document.context };
  }
}
