import { type Hasher, hashOfCanonical } from "../hash.ts";
import { assert } from "../invariant.ts";
import { canonicalize } from "../json/canonical.ts";
import { checkJson } from "../json/check-json.ts";
import { isJsonArray, type Json, type JsonObject } from "../json/json.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import { quote } from "../json/quote.ts";
import { utf8Length } from "../json/text.ts";
import { INPUTS_BYTES_MAX, PROPOSAL_BYTES_MAX } from "../limits.ts";
import type { ProposalBody } from "../log/record.ts";
import type { Refused } from "../refusal.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import { signatureBytesOf } from "./identity-key.ts";
import { PROPOSAL_FIELDS } from "./proposal-fields.ts";

/** A proposal that passed the edge: forms, limits, origin and inputs' hash hold; its signature is still to be verified. */
export interface SignedProposal {
  readonly proposal: ProposalBody;
  /** Canonical text of `proposal`: what was signed. */
  readonly bodyText: string;
  readonly inputs: JsonObject;
  /** base64url of 64 bytes. */
  readonly signature: string;
}

export type ParsedProposal =
  | { readonly ok: true; readonly signed: SignedProposal }
  | { readonly ok: false; readonly refused: Refused };

/**
 * The edge rules of `POST /transition` (transition API), for the text of a body or for the value of one. Refuses in
 * the order `too_large, malformed, wrong_origin, inputs_mismatch, unsigned, bad_signature` (here: a signature that
 * cannot be one); `malformed` names every field that is wrong. Total, and linear in the size of the request.
 */
export function parseProposal(
  request: string | JsonObject,
  context: { readonly hasher: Hasher; readonly origin: string },
): ParsedProposal {
  const read = typeof request === "string" ? readText(request) : readValue(request);
  if (!read.ok) return read;
  const malformed = fieldProblems(read.value);
  if (malformed.length > 0) return refuse("malformed", malformed);
  const { inputs: given, signature, ...rest } = read.value;
  const body = asProposalBody(rest);
  const inputs = asInputs(given);
  const inputsText = JSON.stringify(inputs);
  const inputsBytes = utf8Length(inputsText);
  if (inputsBytes > INPUTS_BYTES_MAX)
    return refuse("too_large", [
      `inputs have ${inputsBytes} bytes; at most ${INPUTS_BYTES_MAX}: store them as evidence and name the hash`,
    ]);
  if (body.origin !== context.origin)
    return refuse("wrong_origin", [
      `origin ${quote(body.origin)} is another journal's; this one is ${quote(context.origin)}`,
    ]);
  const inputsHash = hashOfCanonical(context.hasher, inputsText);
  if (inputsHash !== body.inputs_hash)
    return refuse("inputs_mismatch", [`inputs hash to ${inputsHash}, not to ${body.inputs_hash}`]);
  if (signature === undefined || signature === "")
    return refuse("unsigned", ["no signature; sign the proposal with the signer's key"]);
  assert(typeof signature === "string", "the field's form was checked");
  if (signatureBytesOf(signature) === undefined)
    return refuse("bad_signature", [
      "the signature is not base64url, without padding, of 64 bytes",
    ]);
  // Read in canonical order, and a part of what is in order is.
  const bodyText = JSON.stringify(body);
  return { ok: true, signed: { proposal: body, bodyText, inputs, signature } };
}

type ReadObject =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly refused: Refused };

function readText(text: string): ReadObject {
  // A UTF-16 unit is at least one byte: where the length alone is too much, nothing needs to be counted.
  const bytes = text.length > PROPOSAL_BYTES_MAX ? text.length : utf8Length(text);
  if (bytes > PROPOSAL_BYTES_MAX)
    return refuse("too_large", [`the body has ${bytes} bytes; at most ${PROPOSAL_BYTES_MAX}`]);
  const parsed = parseStrictJson(text, { place: "" });
  if (!parsed.ok) {
    const place = parsed.place === "" ? "" : `${parsed.place}: `;
    return refuse("malformed", [
      `${place}${parsed.problem} (line ${parsed.line}, column ${parsed.column})`,
    ]);
  }
  return objectOf(parsed.value);
}

function readValue(value: JsonObject): ReadObject {
  const checked = checkJson(value, { place: "" });
  if (!checked.ok)
    return refuse("malformed", [
      checked.place === "" ? checked.problem : `${checked.place}: ${checked.problem}`,
    ]);
  const bytes = utf8Length(canonicalize(checked.value));
  if (bytes > PROPOSAL_BYTES_MAX)
    return refuse("too_large", [`the body has ${bytes} bytes; at most ${PROPOSAL_BYTES_MAX}`]);
  return objectOf(checked.value);
}

function objectOf(value: Json): ReadObject {
  return isObject(value)
    ? { ok: true, value }
    : refuse("malformed", ["the body must be an object: a proposal"]);
}

function fieldProblems(value: JsonObject): readonly string[] {
  const problems: string[] = [];
  for (const name of Object.keys(value))
    if (!PROPOSAL_FIELDS.has(name)) problems.push(`${quote(name)} is no field of a proposal`);
  for (const [name, field] of PROPOSAL_FIELDS) {
    const given = value[name];
    if (given === undefined) {
      if (field.required) problems.push(`${name}: required, but missing`);
      continue;
    }
    const problem = field.problem(given);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
  }
  return problems;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !isJsonArray(value);
}

function asInputs(value: Json | undefined): JsonObject {
  if (value === undefined) return {};
  assert(isObject(value), "the field's form was checked");
  return value;
}

/** The one place where a value whose fields were checked one by one becomes a proposal. */
function asProposalBody(value: unknown): ProposalBody {
  return value as ProposalBody;
}

function refuse(
  code: Refused["code"],
  reasons: readonly string[],
): { readonly ok: false; readonly refused: Refused } {
  return { ok: false, refused: edgeRefusal(code, reasons) };
}
