import {
  ABSENT_HASH,
  base64urlOf,
  canonicalize,
  checkJson,
  hashOfCanonical,
  preAuthenticationEncoding,
  PROPOSAL_TYPE,
  type JsonObject,
  type ValueHash,
} from "@swoosh/kernel/values";
import { PROPOSAL_INPUTS_BYTES_MAX, type UnsignedProposal } from "@swoosh/protocol";
import { hlcAfter, type SeenHead } from "./head-book.ts";
import type { SdkPorts, Signer } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";

/** What is proposed, whatever the head: one operation under one key. */
export interface Operation {
  readonly origin: string;
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  /** Canonical text of `inputs`, and its hash: made once. */
  readonly inputsText: string;
  readonly inputsHash: ValueHash;
  readonly idemKey: string;
  readonly windowId?: string;
  readonly evidence?: readonly string[];
  readonly justification?: string;
}

/** A proposal as it goes out. */
export interface SignedProposalText {
  readonly body: UnsignedProposal;
  /** Canonical JSON, on one line. */
  readonly text: string;
}

/** Checks inputs once, before anything is sent. Throws `misused`, naming the place. */
export function checkInputs(
  ports: Pick<SdkPorts, "hasher">,
  inputs: object,
): Pick<Operation, "inputs" | "inputsText" | "inputsHash"> {
  const checked = checkJson(inputs, { place: "inputs" });
  if (!checked.ok) throw new SdkError("misused", `${checked.place}: ${checked.problem}`);
  const { value } = checked;
  if (!isObject(value)) throw new SdkError("misused", "inputs must be an object");
  const inputsText = canonicalize(value);
  const bytes = ports.hasher.utf8(inputsText).length;
  if (bytes > PROPOSAL_INPUTS_BYTES_MAX)
    throw new SdkError(
      "misused",
      `inputs have ${bytes} bytes; at most ${PROPOSAL_INPUTS_BYTES_MAX}: store them as evidence and name the hash`,
    );
  return { inputs: value, inputsText, inputsHash: hashOfCanonical(ports.hasher, inputsText) };
}

/** One delivery of an operation: on this head, at this time. */
export async function signProposal(
  ports: Pick<SdkPorts, "hasher" | "clock">,
  signer: Signer,
  operation: Operation,
  head: SeenHead | undefined,
): Promise<SignedProposalText> {
  const { evidence, justification, windowId } = operation;
  const body: UnsignedProposal = {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    ...(evidence === undefined ? {} : { evidence }),
    hlc: hlcAfter(ports.clock.now(), head?.hlc),
    idem_key: operation.idemKey,
    inputs_hash: operation.inputsHash,
    instance: operation.instance,
    ...(justification === undefined ? {} : { justification }),
    origin: operation.origin,
    signer: signer.key,
    transition: operation.transition,
    ...(windowId === undefined ? {} : { window_id: windowId }),
  };
  const signature = await signJson(ports, signer, PROPOSAL_TYPE, canonicalOf(body));
  const text = canonicalize({ ...fieldsOf(body), inputs: operation.inputs, signature });
  return { body, text };
}

/** base64url of the signature over the DSSE encoding of a canonical text. */
export async function signJson(
  ports: Pick<SdkPorts, "hasher">,
  signer: Signer,
  type: string,
  body: string,
): Promise<string> {
  const bytes = preAuthenticationEncoding(ports.hasher, { type, body });
  const signature = await signer.sign(bytes);
  if (signature.length !== 64)
    throw new SdkError(
      "misused",
      `the signer gave ${signature.length} bytes, not the 64 of Ed25519`,
    );
  return base64urlOf(signature);
}

export function canonicalOf(body: UnsignedProposal): string {
  return canonicalize(fieldsOf(body));
}

/** A body's fields as plain JSON. */
function fieldsOf(body: UnsignedProposal): JsonObject {
  return { ...body };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
