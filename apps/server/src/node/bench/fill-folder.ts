import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ABSENT_HASH,
  createEngine,
  formatHlc,
  nextHlc,
  parseHlc,
  valueHash,
  type Crypto,
  type Engine,
  type JsonObject,
  type Transport,
} from "@swoosh/kernel";
import { ThreadedCrypto } from "../../crypto/threaded-crypto.ts";
import { hasher } from "../../hasher.ts";
import { COUNTER_CHART } from "../../http/bench/counter-chart.ts";
import { nodeDisk } from "../../journal/node-disk.ts";
import { openFileJournal } from "../../journal/open-file-journal.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { createServerKernel } from "../create-server-kernel.ts";
import { dataFolder } from "../data-folder.ts";
import { initNode } from "../init-node.ts";
import { systemClock } from "../system-clock.ts";
import { systemRandom } from "../system-random.ts";
import { registerClient } from "./register-client.ts";

const INSTANCES_DEFAULT = 1_000;
const UNDER_WAY = 256;

/** Nobody reads what leaves. */
const deaf: Transport = { publish: () => {}, dispatch: () => {}, withdraw: () => {} };

export interface FillOrder {
  /** Records in the log at the end, at least. */
  readonly records: number;
  /** Records behind the one snapshot; null: no snapshot. */
  readonly behind: number | null;
  /** Instances that they move in turn; a thousand unless given. */
  readonly instances?: number;
}

/**
 * A data folder whose log was made by the real engine over the real journal, faster than a server would: no proposal is
 * signed, no signature is checked, and nothing is synced. Replay looks at none of these.
 */
export async function fillFolder(folder: string, order: FillOrder): Promise<void> {
  const charts = join(folder, "..", "charts");
  mkdirSync(charts, { recursive: true });
  writeFileSync(join(charts, "counter.yaml"), COUNTER_CHART);
  await initNode({ folder, charts: [charts] });
  const paths = dataFolder(folder);
  const key = readKeyFile(paths.nodeKey);
  const journal = await openFileJournal({
    folder: paths.journal,
    nodeId: key.publicKey,
    disk: { ...nodeDisk, sync: () => {}, flush: async () => {} },
  });
  const threaded = new ThreadedCrypto(key, async () => false);
  const crypto: Crypto = {
    node: threaded.node,
    sign: (bytes) => threaded.sign(bytes),
    verify: async (attestations) => attestations.map(() => true),
  };
  const engine = await createEngine(createServerKernel(), {
    clock: systemClock,
    journal,
    crypto,
    random: systemRandom,
    transport: deaf,
  });
  const client = PrivateKey.generate();
  await registerClient(engine, { client, operator: readKeyFile(paths.operatorKey) });
  const { instances = INSTANCES_DEFAULT } = order;
  const snapshotAt = order.behind === null ? -1 : order.records - order.behind;
  let isTaken = false;
  for (let turn = 0; engine.status().size < order.records; turn += 1) {
    const count = Math.min(UNDER_WAY, order.records - engine.status().size);
    const wires = Array.from({ length: count }, (_, at) =>
      wireOf(engine, client.identity, { instance: (turn * UNDER_WAY + at) % instances, turn, at }),
    );
    for (const answer of await Promise.all(wires.map((wire) => engine.propose(wire))))
      if (answer.kind === "refused") throw new Error(answer.refused.reasons.join("; "));
    if (isTaken || snapshotAt < 0 || engine.status().size < snapshotAt) continue;
    isTaken = true;
    await engine.snapshot();
  }
  // Closed without stopping the engine, which would take a snapshot.
  await journal.close();
  await threaded.close();
}

function wireOf(
  engine: Engine,
  signer: string,
  about: { readonly instance: number; readonly turn: number; readonly at: number },
): JsonObject {
  const instance = `counter/c${about.instance}`;
  const head = engine.state.head(instance);
  const last = parseHlc(head?.document.hlc_last ?? "");
  const now = { wallMs: systemClock.now(), counter: 0 };
  const after = last === undefined ? now : nextHlc(last);
  const inputs = { n: 1, note: "a note of some forty characters, as people write" };
  return {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    hlc: formatHlc(after.wallMs > now.wallMs ? after : now),
    idem_key: `bench:${about.turn}:add:${about.at}`,
    inputs_hash: valueHash(hasher, inputs),
    instance,
    origin: engine.state.origin,
    signer,
    transition: "Counter_Add",
    inputs,
    signature: "A".repeat(86),
  };
}
