import {
  DEFAULT_INSTANCE,
  operationHash,
  parseProposal,
  PROPOSAL_TYPE,
  valueHash,
  type Crypto,
  type JsonObject,
  type Kernel,
  type Refused,
  type ValueHash,
  type Verdict,
  type World,
} from "@swoosh/kernel";
import type { ProposeOp } from "./history.ts";

/** What decides again; nothing of the system under test but its pure functions. */
export interface Judge {
  readonly kernel: Kernel;
  readonly crypto: Pick<Crypto, "verify">;
  /** Canonical text of a chart's normal form, by the hash that a record names. */
  readonly chart: (hash: ValueHash) => string | undefined;
}

/** Record that a key has led to. */
export interface KeyUse {
  readonly index: number;
  readonly operation: ValueHash;
}

/**
 * The verdict on a delivery by the world as it is now, with the server's clock at `now`: from the bytes on, as a server
 * without history would give it.
 */
export async function recompute(
  judge: Judge,
  world: World,
  given: { readonly op: ProposeOp; readonly now: number; readonly seen: KeyUse | undefined },
): Promise<Verdict> {
  const { kernel, crypto } = judge;
  const { now, op, seen } = given;
  const parsed = parseProposal(op.request, { hasher: kernel.hasher, origin: world.origin });
  if (!parsed.ok) return parsed.refused;
  const { inputs, proposal, signature } = parsed.signed;
  const payload: JsonObject = { ...proposal };
  const [holds] = await crypto.verify([
    {
      kind: "signature",
      key: proposal.signer,
      type: PROPOSAL_TYPE,
      payload,
      payload_hash: valueHash(kernel.hasher, payload),
      signature,
    },
  ]);
  if (holds !== true) return badSignature();
  const { size: index, leaf: prev, at } = world.end;
  const moment = { index, prev, at: Math.max(at, now), now };
  const input = { kind: "proposal", moment, proposal, inputs, signature, verdict: [] } as const;
  const known = op.dryRun ? undefined : seen;
  const asked =
    known === undefined ? kernel.attestations(world, { ...input, seen: undefined }) : [];
  const verdict = asked.length === 0 ? [] : await crypto.verify(asked);
  return kernel.reduce(world, { ...input, verdict, seen: known });
}

/** The operation that a record stands for. */
export function keyUse(
  kernel: Kernel,
  index: number,
  proposal: {
    readonly instance?: string;
    readonly transition: string;
    readonly inputs_hash: string;
    readonly signer: string;
  },
): KeyUse {
  const operation = operationHash(kernel.hasher, {
    instance: proposal.instance ?? DEFAULT_INSTANCE,
    transition: proposal.transition,
    inputsHash: proposal.inputs_hash,
    signer: proposal.signer,
  });
  return { index, operation };
}

/** Its words are the engine's, and are not compared. */
function badSignature(): Refused {
  return {
    kind: "refused",
    code: "bad_signature",
    guard: null,
    reasons: [],
    outcomes: [],
    head: null,
  };
}
