import type { VerifierKey } from "@swoosh/kernel";
import {
  bytesOfBase64,
  hex,
  isStrictEd25519,
  openNote,
  parseCheckpoint,
  parseVerifierKey,
  verifyConsistency,
  verifyInclusion,
  type Checkpoint,
  type LeafHash,
} from "@swoosh/kernel/values";
import type { Proof } from "@swoosh/protocol";
import type { SdkPorts } from "./ports.ts";

/** What a stranger holds on to: without pins a log can only be found consistent with itself. */
export interface Pins {
  readonly origin?: string;
  /** C2SP verifier keys, `<name>+<id>+<base64>`: the log's own, and witnesses'. At least one of them must have signed. */
  readonly verifierKeys?: readonly string[];
  /** Leaf hash of record 0. */
  readonly genesisHash?: LeafHash;
}

export type OpenedCheckpoint =
  | {
      readonly ok: true;
      readonly checkpoint: Checkpoint;
      /** Names of the pinned keys that signed. */
      readonly signers: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a checkpoint (C2SP signed note) and verifies it by the pinned keys. Without pinned keys every checkpoint is
 * refused: its signature would say nothing.
 */
export async function openCheckpoint(
  ports: Pick<SdkPorts, "hasher" | "verify">,
  text: string,
  pins: Pins,
): Promise<OpenedCheckpoint> {
  const parsed = parseCheckpoint(text);
  if (!parsed.ok) return parsed;
  const { checkpoint, note } = parsed;
  if (pins.origin !== undefined && checkpoint.origin !== pins.origin)
    return no(`its origin is ${checkpoint.origin}, but ${pins.origin} is pinned`);
  const keys: VerifierKey[] = [];
  for (const pinned of pins.verifierKeys ?? []) {
    const key = parseVerifierKey(ports.hasher, pinned);
    if (key === undefined) return no(`the pinned key ${JSON.stringify(pinned)} is none`);
    keys.push(key);
  }
  if (keys.length === 0) return no("no verifier key is pinned");
  // The kernel asks its questions in one pass; the platform answers later: so they are asked twice.
  type Check = Parameters<SdkPorts["verify"]>[0];
  const asked: Check[] = [];
  openNote(ports.hasher, note, { keys, verify: (check) => asked.push(check) > 0 });
  const verdicts = await Promise.all(
    asked.map(async (check) =>
      isStrictEd25519({ publicKey: check.key, signature: check.signature })
        ? ports.verify(check)
        : false,
    ),
  );
  let at = 0;
  const opened = openNote(ports.hasher, note, { keys, verify: () => verdicts[at++] === true });
  if (!opened.ok) return opened;
  return { ok: true, checkpoint, signers: opened.signers.map(({ key }) => key.name) };
}

export interface InclusionProofClaim {
  readonly leaf: LeafHash;
  readonly index: number;
  readonly checkpoint: Checkpoint;
  readonly proof: Proof;
}

/** Whether a record is in the tree of a checkpoint. Total. */
export function verifyInclusionProof(
  ports: Pick<SdkPorts, "hasher">,
  claim: InclusionProofClaim,
): boolean {
  const proof = hashesOf(claim.proof);
  if (proof === undefined) return false;
  const { size, root } = claim.checkpoint;
  return verifyInclusion(ports.hasher, { leaf: claim.leaf, index: claim.index, size, root, proof });
}

export interface ConsistencyProofClaim {
  readonly older: Checkpoint;
  readonly newer: Checkpoint;
  readonly proof: Proof;
}

/** Whether one tree is the beginning of another of the same origin. Total. */
export function verifyConsistencyProof(
  ports: Pick<SdkPorts, "hasher">,
  claim: ConsistencyProofClaim,
): boolean {
  const { older, newer } = claim;
  const proof = hashesOf(claim.proof);
  if (proof === undefined || older.origin !== newer.origin) return false;
  return verifyConsistency(ports.hasher, { from: older, to: newer, proof });
}

function hashesOf(proof: Proof): readonly LeafHash[] | undefined {
  const hashes: LeafHash[] = [];
  for (const text of proof.hashes) {
    const bytes = bytesOfBase64(text);
    if (bytes === undefined || bytes.length !== 32) return undefined;
    hashes.push(hex(bytes));
  }
  return hashes;
}

function no(problem: string): OpenedCheckpoint {
  return { ok: false, problem };
}
