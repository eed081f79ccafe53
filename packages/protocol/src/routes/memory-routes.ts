import type { WireCode } from "../codes.ts";
import {
  BODY_BYTES_MAX,
  MEMORIES_DEFAULT,
  MEMORIES_FOUND_MAX,
  MEMORY_QUERY_LENGTH_MAX,
} from "../limits.ts";
import { instanceParameter } from "../parameters.ts";
import { JSON_MEDIA_TYPE, type QueryParameter, type Route } from "../route.ts";

const ofParameter: QueryParameter = {
  ...instanceParameter,
  name: "for",
  required: false,
  description:
    "Whose memory: an instance that there is, in the caller's scope. Left out: the node's own, for those who see everything.",
};

const CODES = [
  "not_leader",
  "overloaded",
  "rate_limited",
  "unauthenticated",
  "forbidden",
  "bad_query",
  "not_found",
  "embedder_failed",
  "memory_unavailable",
] as const satisfies readonly WireCode[];

/** The mesh as its users know it: memories that are found again after cells died. */
export const MEMORY_ROUTES = [
  {
    id: "rememberText",
    method: "POST",
    path: "/memories",
    area: "memory",
    access: "bearer",
    summary: "Put a memory in",
    description:
      "Durable before it is acknowledged, and settled in a living cell. A long text is remembered in passages, each by itself; the same words again are the same memory. Needs another role than auditor there. A text that holds a secret is refused.",
    pathParameters: [],
    query: [ofParameter],
    request: {
      content: { media: JSON_MEDIA_TYPE, schema: "MemoryText" },
      bytesMax: BODY_BYTES_MAX,
    },
    answers: [
      {
        status: 201,
        description: "Remembered",
        content: [{ media: JSON_MEDIA_TYPE, schema: "MemoriesKept" }],
      },
    ],
    codes: [...CODES, "unsupported_media_type", "too_large", "malformed", "secret_found"],
  },
  {
    id: "recallMemories",
    method: "GET",
    path: "/memories",
    area: "memory",
    access: "session",
    summary: "Find the memories most like a query",
    description:
      "Best first, each from the nearest tier that has it. What the cells have lost is found on disk, and settles in a living cell again.",
    pathParameters: [],
    query: [
      {
        name: "query",
        required: true,
        description: "Words.",
        form: { kind: "text", pattern: "\\S", lengthMax: MEMORY_QUERY_LENGTH_MAX },
      },
      {
        name: "limit",
        required: false,
        description: "How many at most.",
        form: {
          kind: "integer",
          minimum: 1,
          maximum: MEMORIES_FOUND_MAX,
          default: MEMORIES_DEFAULT,
        },
      },
      ofParameter,
    ],
    answers: [
      {
        status: 200,
        description: "Memories, the most like first; none where nothing is remembered",
        content: [{ media: JSON_MEDIA_TYPE, schema: "MemoriesFound" }],
      },
    ],
    codes: CODES,
  },
] as const satisfies readonly Route[];
