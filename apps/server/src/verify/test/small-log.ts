import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { hasher } from "../../hasher.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import type { PrivateKey } from "../../keys/private-key.ts";
import { dataFolder } from "../../node/data-folder.ts";
import { initNode } from "../../node/init-node.ts";
import { openNode, type RunningNode } from "../../node/open-node.ts";

export const START_MS = 1_700_000_000_000;

/** A proposal about a flag, as the operator signs it now. */
export function flagProposal(
  node: RunningNode,
  signer: PrivateKey,
  given: { readonly flag: string; readonly variant: string; readonly key: string },
): string {
  const instance = `flag/${given.flag}`;
  const head = node.engine.state.head(instance);
  const inputs = { reason: "because", variant: given.variant };
  const body: JsonObject = {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    hlc: formatHlc({ wallMs: START_MS, counter: (head?.document.meta.seq ?? 0) + 1 }),
    idem_key: given.key,
    inputs_hash: valueHash(hasher, inputs),
    instance,
    origin: node.origin,
    signer: signer.identity,
    transition: "Flag_Set",
  };
  return canonicalize({ ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) });
}

/** A data folder with some records of flags; closed. */
export async function makeSmallLog(folder: string, flags = 12): Promise<readonly string[]> {
  const clock = new ManualClock(START_MS);
  await initNode({ folder, clock });
  const operator = readKeyFile(dataFolder(folder).operatorKey);
  const node = await openNode({ folder, clock });
  for (let at = 0; at < flags; at += 1) {
    const flag = `f${at % 3}`;
    const text = flagProposal(node, operator, { flag, variant: `v${at}`, key: `t:0:f:${at}` });
    const answer = await node.engine.propose(text);
    if (answer.kind === "refused") throw new Error(answer.refused.reasons.join("; "));
  }
  const records = await node.engine.records(0, 1_000);
  await node.close();
  return records;
}
