import {
  answerOfRecord,
  canonicalize,
  decodeRecord,
  hashOfCanonical,
  isStrictEd25519,
  leafHash,
  preAuthenticationEncoding,
  PROPOSAL_TYPE,
  publicKeyOf,
  signatureBytesOf,
  type LeafHash,
  type LogRecord,
} from "@swoosh/kernel/values";
import { canonicalOf } from "./sign-proposal.ts";
import type { SdkPorts } from "./ports.ts";

/** What the record must be, as far as the caller knows. */
export interface RecordClaim {
  /** Exact bytes of the record, as text. */
  readonly text: string;
  readonly origin?: string;
  readonly index?: number;
  /** Leaf hash of the record before. */
  readonly prev?: LeafHash;
  /** Leaf hash that an answer or a tree names. */
  readonly leaf?: LeafHash;
  /** Body of the 202: the record must give the same bytes. */
  readonly answer?: string;
}

export type VerifiedRecord =
  | { readonly ok: true; readonly record: LogRecord; readonly leaf: LeafHash }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Whether a record is whole and truly signed: canonical bytes and every field in its form, the hash of its inputs, the
 * signature of its signer (the node's, for the engine's own records), and all that the claim names. Whether the decision
 * in it is right only a replay can tell.
 */
export async function verifyRecord(
  ports: Pick<SdkPorts, "hasher" | "verify">,
  claim: RecordClaim,
): Promise<VerifiedRecord> {
  const decoded = decodeRecord(claim.text);
  if (!decoded.ok) return { ok: false, problems: [`${decoded.place}: ${decoded.problem}`] };
  const { record } = decoded;
  const leaf = leafHash(ports.hasher, claim.text);
  const problems: string[] = [];
  const expect = (
    name: string,
    found: string | number,
    wanted: string | number | undefined,
  ): void => {
    if (wanted !== undefined && found !== wanted)
      problems.push(`${name} is ${found}, but must be ${wanted}`);
  };
  expect("origin", record.proposal.origin, claim.origin);
  expect("index", record.index, claim.index);
  expect("prev", record.prev, claim.prev);
  expect("the leaf hash", leaf, claim.leaf);
  if (record.inputs !== undefined) {
    const hash = hashOfCanonical(ports.hasher, canonicalize(record.inputs));
    expect("the hash of inputs", hash, record.proposal.inputs_hash);
  }
  if (claim.answer !== undefined && answerOfRecord(record, leaf) !== claim.answer)
    problems.push("the answer is not the one that this record gives");
  if (!(await isSigned(ports, record)))
    problems.push(`the signature is not ${record.proposal.signer}'s over this proposal`);
  return problems.length === 0 ? { ok: true, record, leaf } : { ok: false, problems };
}

async function isSigned(
  ports: Pick<SdkPorts, "hasher" | "verify">,
  record: LogRecord,
): Promise<boolean> {
  return verifyDsse(ports, {
    signer: record.proposal.signer,
    type: PROPOSAL_TYPE,
    body: canonicalOf(record.proposal),
    signature: record.signature,
  });
}

/** Strict Ed25519 over the DSSE encoding of a text. */
export async function verifyDsse(
  ports: Pick<SdkPorts, "hasher" | "verify">,
  claim: {
    readonly signer: string;
    readonly type: string;
    readonly body: string;
    readonly signature: string;
  },
): Promise<boolean> {
  const key = publicKeyOf(claim.signer);
  const signature = signatureBytesOf(claim.signature);
  if (key === undefined || signature === undefined) return false;
  if (!isStrictEd25519({ publicKey: key, signature })) return false;
  const { type, body } = claim;
  const message = preAuthenticationEncoding(ports.hasher, { type, body });
  return ports.verify({ key, message, signature });
}
