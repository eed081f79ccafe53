import { BODY_BYTES_MAX, EVIDENCE_BYTES_MAX } from "../limits.ts";
import { hashPath, instanceParameter, textParameter } from "../parameters.ts";
import { JSON_MEDIA_TYPE, type Route } from "../route.ts";
import { WORD_SCHEMAS } from "../schema/word-schemas.ts";

const BYTES = "application/octet-stream";

/** Evidence by content, and sessions for reads from afar. */
export const TRUST_ROUTES = [
  {
    id: "storeEvidence",
    method: "PUT",
    path: "/evidence",
    area: "evidence",
    access: "bearer",
    summary: "Store bytes under their hash",
    description:
      "Durable before it is acknowledged. The same bytes again are fine. Before anything is kept, the policy looks for secrets: some are cut out (the answer says how many, and names what was kept), others are refused with `secret_found`, and quarantine the project that `for` names.",
    pathParameters: [],
    query: [
      {
        ...instanceParameter,
        name: "for",
        required: false,
        description: "The instance whose evidence it will be.",
      },
      textParameter("name", "What it is, for people and for findings: a path, or words.", {
        pattern: "^[ -~]+$",
        lengthMax: 200,
      }),
    ],
    request: { content: { media: BYTES }, bytesMax: EVIDENCE_BYTES_MAX },
    answers: [
      {
        status: 201,
        description: "Stored",
        content: [{ media: JSON_MEDIA_TYPE, schema: "EvidenceStored" }],
        headers: { Location: "Where to read it." },
      },
    ],
    codes: [
      "fenced",
      "overloaded",
      "unsupported_media_type",
      "too_large",
      "rate_limited",
      "forbidden",
      "bad_query",
      "secret_found",
      "unauthenticated",
    ],
  },
  {
    id: "readEvidence",
    method: "GET",
    path: "/evidence/{hash}",
    area: "evidence",
    access: "session",
    summary: "Read stored bytes",
    pathParameters: [hashPath],
    query: [],
    answers: [
      { status: 200, description: "The bytes as they were stored", content: [{ media: BYTES }] },
    ],
    codes: ["bad_query", "unauthenticated", "not_found"],
  },
  {
    id: "askChallenge",
    method: "GET",
    path: "/session",
    area: "sessions",
    access: "public",
    summary: "Ask for a challenge to sign",
    pathParameters: [],
    query: [
      {
        name: "signer",
        required: true,
        description: "The identity that will sign.",
        form: { kind: "text", pattern: WORD_SCHEMAS.IdentityKey.pattern, lengthMax: 55 },
      },
    ],
    answers: [
      {
        status: 200,
        description: "A challenge, good for one answer",
        content: [{ media: JSON_MEDIA_TYPE, schema: "SessionChallenge" }],
      },
    ],
    codes: ["bad_query", "overloaded", "rate_limited"],
  },
  {
    id: "openSession",
    method: "POST",
    path: "/session",
    area: "sessions",
    access: "public",
    summary: "Answer the challenge and get a token",
    pathParameters: [],
    query: [],
    request: {
      content: { media: JSON_MEDIA_TYPE, schema: "SessionRequest" },
      bytesMax: BODY_BYTES_MAX,
    },
    answers: [
      {
        status: 200,
        description: "A token for reading",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Session" }],
      },
    ],
    codes: [
      "overloaded",
      "unsupported_media_type",
      "too_large",
      "rate_limited",
      "malformed",
      "bad_signature",
      "unknown_signer",
      "unauthenticated",
      "bad_query",
    ],
  },
] as const satisfies readonly Route[];
