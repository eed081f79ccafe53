import { canonicalize, type JsonObject } from "@swoosh/kernel";
import { signatureHolds, verifyByOpenSsl } from "../../crypto/signature-holds.ts";
import type { PrivateKey } from "../../keys/private-key.ts";

/** DSSE type of a local licence's payload. */
export const LICENCE_TYPE = "application/vnd.swoosh.licence.v1+json";

/** What an operator grants this installation. Times in ms since the epoch. */
export interface LocalLicence {
  /** Who may use it: 1 to 64 of letters, digits and `_.:-`. */
  readonly subject: string;
  readonly issuedAt: number;
  readonly validUntil: number;
  /** ms after `validUntil` in which what runs may end. */
  readonly graceMs: number;
}

export type ReadLicence =
  | { readonly ok: true; readonly licence: LocalLicence; readonly signer: string }
  | { readonly ok: false; readonly problem: string };

const SUBJECT = /^[A-Za-z0-9_.:-]{1,64}$/;
const TIME_MAX = 253_402_300_799_999;
const GRACE_MS_MAX = 31_622_400_000;

/** The file's text: canonical JSON of payload, signer and signature. */
export function licenceText(licence: LocalLicence, operator: PrivateKey): string {
  const payload = payloadOf(licence);
  const signature = operator.sign(LICENCE_TYPE, payload);
  return `${canonicalize({ payload, signature, signer: operator.identity })}\n`;
}

/** Reads a licence and checks its signature; whether its signer may grant one is the caller's to say. */
export function readLicence(text: string): ReadLicence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return no("the licence file is no JSON");
  }
  const { payload, signature, signer } = fieldsOf(value);
  if (typeof signature !== "string" || typeof signer !== "string")
    return no("the licence file lacks payload, signature or signer");
  const { grace_ms, issued_at, subject, valid_until } = fieldsOf(payload);
  if (typeof subject !== "string" || !SUBJECT.test(subject))
    return no("the licence's subject is no name of 1 to 64 letters, digits and _.:-");
  if (!isTime(issued_at) || !isTime(valid_until))
    return no("issued_at and valid_until of the licence are no times in ms");
  if (!isTime(grace_ms) || grace_ms > GRACE_MS_MAX)
    return no(`grace_ms of the licence is no time up to ${GRACE_MS_MAX} ms`);
  const licence = { subject, issuedAt: issued_at, validUntil: valid_until, graceMs: grace_ms };
  const check = {
    key: signer,
    type: LICENCE_TYPE,
    body: canonicalize(payloadOf(licence)),
    signature,
  };
  if (!signatureHolds(check, verifyByOpenSsl))
    return no("the licence's signature does not hold; was it changed after it was signed?");
  return { ok: true, licence, signer };
}

function payloadOf({ graceMs, issuedAt, subject, validUntil }: LocalLicence): JsonObject {
  return { grace_ms: graceMs, issued_at: issuedAt, subject, valid_until: validUntil };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= TIME_MAX;
}

function no(problem: string): ReadLicence {
  return { ok: false, problem };
}
