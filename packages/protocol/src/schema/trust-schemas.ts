import { closedObject, listOf, refTo, type JsonSchema } from "./json-schema.ts";

const expires: JsonSchema = { ...refTo("Millis"), description: "Of the server's clock." };
const base64url32: JsonSchema = { type: "string", pattern: "^[A-Za-z0-9_-]{43}$" };

/** Sessions, evidence and proofs. */
export const TRUST_SCHEMAS = {
  SessionChallenge: closedObject(
    { challenge: base64url32, expires_at: expires },
    { description: "32 random bytes, good for one answer within 60 s." },
  ),
  SessionRequest: closedObject(
    { challenge: base64url32, signature: refTo("Signature"), signer: refTo("IdentityKey") },
    {
      description:
        "Signed with DSSE type application/vnd.swoosh.session.v1+json over the canonical JSON of {origin, signer, challenge}.",
    },
  ),
  Session: closedObject(
    { expires_at: expires, token: { type: "string", minLength: 1 } },
    { description: "Send it as `Authorization: Bearer <token>`; it lives for 15 minutes." },
  ),
  EvidenceStored: closedObject(
    {
      bytes: refTo("Index"),
      hash: refTo("ValueHash"),
      "redactions?": { type: "integer", minimum: 1 },
    },
    {
      description:
        "`redactions`: so many secrets were cut out before anything was kept; `hash` and `bytes` are of what is kept.",
    },
  ),
  Proof: closedObject(
    {
      hashes: listOf(
        { type: "string", pattern: "^[A-Za-z0-9+/]{43}=$" },
        // The height of a tree whose size is a safe integer, and one more for consistency.
        { maxItems: 54 },
      ),
    },
    { description: "An inclusion or consistency proof of RFC 6962, lowest hash first, base 64." },
  ),
} as const satisfies Readonly<Record<string, JsonSchema>>;
