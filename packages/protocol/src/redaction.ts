import type { JsonObject } from "@swoosh/kernel/values";
import type { DecisionRecord } from "./answers.ts";

/**
 * What can be taken out of a decision later without touching the log. `always`: it stands in the record for good, and identity, hashes and
 * proofs depend on it. `commitment`: it may be given as a salted commitment, whose opening is evidence and can go. `name`: it names
 * evidence by hash; the name stays, the bytes can go.
 */
export type Redactable = "always" | "commitment" | "name";

/** Every field of a decision record. `docs/redaction.md` has the same table in words. */
export const REDACTION_TABLE: Readonly<Record<keyof DecisionRecord, Redactable>> = {
  at: "always",
  derived_from: "always",
  evidence: "name",
  guard_outcomes: "always",
  hlc: "always",
  id: "always",
  idem_key: "always",
  index: "always",
  influenced_by: "name",
  inputs_hash: "always",
  instance: "always",
  justification: "commitment",
  kind: "always",
  reads: "always",
  redactions: "always",
  schema: "always",
  signer: "always",
  state_post_hash: "always",
  state_pre_hash: "always",
  transition: "always",
  ucxl: "always",
  window_id: "always",
};

/** `redaction/<64 hex>` says that the evidence of this hash has gone, or must go. */
export const REDACTION_CHART = "redaction";
export const REDACTION_ORDER = "Redaction_Order";
const OPENING_SCHEMA = "swoosh.opening.v1";
const HASH = /^sha256-[0-9a-f]{64}$/;
/** 16 bytes in base64url: too many to be guessed along with a text of few words. */
const SALT = /^[A-Za-z0-9_-]{22,86}$/;

/** Instance of the redaction of evidence. */
export function redactionOf(hash: string): string {
  return `${REDACTION_CHART}/${hash.slice("sha256-".length)}`;
}

/** A text that stands in a record as a commitment alone: the hash of an opening's bytes. */
export function isCommitment(text: string): boolean {
  return HASH.test(text);
}

/**
 * The opening of a commitment. Its canonical JSON is the evidence whose hash goes into the record instead of the text. `salt`: at least 16
 * random bytes in base64url, fresh for each text; without them a short text could be guessed from its hash.
 */
export function openingOf({
  salt,
  text,
}: {
  readonly salt: string;
  readonly text: string;
}): JsonObject {
  if (!SALT.test(salt))
    throw new RangeError(`the salt has ${salt.length} characters; 22 to 86 of base64url`);
  return { salt, schema: OPENING_SCHEMA, text };
}

/** The text of an opening as it is kept; undefined: these bytes are none. */
export function readOpening(bytes: string): string | undefined {
  const { salt, schema, text }: Readonly<Record<string, unknown>> = Object(parsed(bytes));
  const isOpening = schema === OPENING_SCHEMA && typeof salt === "string" && SALT.test(salt);
  return isOpening && typeof text === "string" ? text : undefined;
}

function parsed(bytes: string): unknown {
  try {
    return JSON.parse(bytes);
  } catch {
    return undefined;
  }
}
