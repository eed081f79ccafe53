import { PROPOSAL_TYPE, valueHash } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { PrivateKey } from "@swoosh/server/keys";
import type { FollowerMachine } from "@swoosh/server/follower";
import type { ProcessDisk } from "../world/process-disk.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";
import type { Signing } from "../world/signing.ts";

export const FOLLOWER_FOLDER = "/follower";

/** A follower's machine in the simulator: one life on a disk that forgets. */
export function createSimMachine(given: {
  readonly name: string;
  readonly life: number;
  readonly living: ReadonlySet<number>;
  readonly disk: SimulatedDisk;
  readonly process: ProcessDisk;
  readonly signing: Signing;
  /** Text of record 0 of the log that is followed. */
  readonly first: string;
}): FollowerMachine {
  const { disk, first, life, living, name, process, signing } = given;
  const crypto = signing.crypto();
  return {
    disk: process,
    processes: {
      own: { pid: life, boot: "sim", space: name, start: String(life) },
      isAlive: ({ pid }) => living.has(pid),
    },
    makeFolders: ({ folder, keys }) => {
      for (const path of [folder, keys]) process.makeFolder(path);
    },
    witnessKey: () => witnessKeyOf(name),
    // Which log it is was said when it was first followed; the journal holds its files against the node's key.
    firstRecord: (journal) => (disk.paths(`${journal}/log`).length > 0 ? first : undefined),
    noteHolds: (signature, message) => isSame(signature, crypto.sign(message)),
    recordHolds: async ({ proposal, signature }) => {
      const payload = { ...proposal };
      const [holds] = await crypto.verify([
        {
          kind: "signature",
          key: proposal.signer,
          type: PROPOSAL_TYPE,
          payload,
          payload_hash: valueHash(nodeHasher, payload),
          signature,
        },
      ]);
      return holds === true;
    },
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Of every follower of this name, in every life and world: made once, for that is slow. */
const WITNESS_KEYS = new Map<string, PrivateKey>();

function witnessKeyOf(name: string): PrivateKey {
  const key =
    WITNESS_KEYS.get(name) ?? PrivateKey.fromSeed(nodeHasher.sha256(`swoosh test witness ${name}`));
  WITNESS_KEYS.set(name, key);
  return key;
}
