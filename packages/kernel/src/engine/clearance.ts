import type { Attestation } from "../chart/native-guard.ts";
import { hashOfCanonical } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import { decodeRecord } from "../log/decode-record.ts";
import type { ProposalBody } from "../log/record.ts";
import { operationHash } from "../reduce/operation.ts";
import type { Refused } from "../refusal.ts";
import { PROPOSAL_TYPE } from "./dsse.ts";
import { attestationInput } from "./attestation-input.ts";
import type { DurableState } from "./durable-state.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import { instanceOf } from "./instance-of.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { digestOfKey } from "./key-digest.ts";
import type { SignedProposal } from "./parse-proposal.ts";
import type { PendingProposal, PriorRecord } from "./pending.ts";
import type { Clock, Crypto, Journal } from "./ports.ts";

/** What has to be asked off the loop, before a proposal may wait for its turn. */
export interface ClearanceDoors {
  readonly kernel: EngineKernel;
  readonly crypto: Crypto;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly durable: DurableState;
}

const NO_VERDICT: readonly boolean[] = [];

export type Cleared =
  | {
      readonly ok: true;
      readonly cleared: Pick<PendingProposal, "digest" | "asked" | "verdict" | "prior">;
    }
  | { readonly ok: false; readonly refused: Refused };

/** Does the signature hold? undefined where it does. */
export function signatureProblem(
  doors: ClearanceDoors,
  signed: SignedProposal,
): Promise<Refused | undefined> {
  const { crypto } = doors;
  if (crypto.holds === undefined) return attestedProblem(doors, signed);
  const { bodyText: body, proposal, signature } = signed;
  try {
    return crypto
      .holds({ key: proposal.signer, type: PROPOSAL_TYPE, body, signature })
      .then((holds) => (holds ? undefined : badSignature(signed)), cryptoFailed);
  } catch {
    return Promise.resolve(cryptoFailed());
  }
}

/** The same, of a port that is asked for attestations alone. */
async function attestedProblem(
  { crypto, kernel }: ClearanceDoors,
  signed: SignedProposal,
): Promise<Refused | undefined> {
  const { bodyText, proposal, signature } = signed;
  const payload_hash = hashOfCanonical(kernel.hasher, bodyText);
  const payload = asJson(proposal);
  const verdict = await verifyAll(crypto, [
    {
      kind: "signature",
      key: proposal.signer,
      type: PROPOSAL_TYPE,
      payload,
      payload_hash,
      signature,
    },
  ]);
  if (verdict === null) return cryptoFailed();
  return verdict[0] === true ? undefined : badSignature(signed);
}

function badSignature({ proposal }: SignedProposal): Refused {
  return edgeRefusal("bad_signature", [
    `the signature is not ${proposal.signer}'s over this proposal; sign the DSSE encoding of the body without signature and inputs`,
  ]);
}

/**
 * Looks up the idempotency key and, where it is new, asks what the guards want attested. Both are asked of the durable
 * state of this moment; the turn looks again, and sends the proposal back here where that state has moved. A new key
 * without attestations, which is nearly all, is cleared at once.
 */
export function clear(
  doors: ClearanceDoors,
  signed: SignedProposal,
  dryRun: boolean,
): Cleared | Promise<Cleared> {
  const { durable } = doors;
  const key = signed.proposal.idem_key;
  const digest = digestOfKey(doors.kernel.hasher, key);
  assert(digest !== null, "the edge refuses the engine's own keys");
  const known = dryRun ? undefined : durable.findDigest(digest);
  if (known !== undefined)
    return priorRecord(doors, known, key).then((prior) => ({
      ok: true,
      cleared: { digest, asked: [], verdict: [], prior },
    }));
  const { size: index, leaf: prev, at } = durable.end;
  const now = doors.clock.now();
  const moment = { index, prev, at: Math.max(at, now), now };
  const asked = doors.kernel.attestations(durable.state, attestationInput(signed, moment));
  if (asked.length === 0)
    return { ok: true, cleared: { digest, asked, verdict: NO_VERDICT, prior: null } };
  return verifyAll(doors.crypto, asked).then((verdict) =>
    verdict === null
      ? { ok: false, refused: cryptoFailed() }
      : { ok: true, cleared: { digest, asked, verdict, prior: null } },
  );
}

/** The index goes by digests: the record itself says whether it has the key, before anything is answered from it. */
async function priorRecord(
  doors: ClearanceDoors,
  index: number,
  key: string,
): Promise<PriorRecord> {
  const [text] = await doors.journal.read(index, 1);
  assert(text !== undefined, `K6: the key's record ${index} is in the journal`);
  const decoded = decodeRecord(text);
  assert(decoded.ok, `K6: the key's record ${index} can be read`);
  const { proposal } = decoded.record;
  assert(
    proposal.idem_key === key,
    `K6: the index leads from ${key} to record ${index}, whose key is ${proposal.idem_key}`,
  );
  const operation = operationHash(doors.kernel.hasher, {
    instance: instanceOf(proposal),
    transition: proposal.transition,
    inputsHash: proposal.inputs_hash,
    signer: proposal.signer,
  });
  return { seen: { index, operation }, text };
}

/** null: the port failed, against its contract. That is the world's failure, and says nothing of the state. */
async function verifyAll(
  crypto: Crypto,
  attestations: readonly Attestation[],
): Promise<readonly boolean[] | null> {
  let verdict: readonly boolean[];
  try {
    verdict = await crypto.verify(attestations);
  } catch {
    return null;
  }
  assert(verdict.length === attestations.length, "crypto answers every attestation");
  return verdict;
}

function cryptoFailed(): Refused {
  return edgeRefusal("overloaded", ["signatures cannot be checked now; send the proposal again"]);
}

/** A proposal's body as the JSON that was signed: its fields are JSON, which its interface cannot say. */
function asJson(proposal: ProposalBody): JsonObject {
  return { ...proposal };
}
