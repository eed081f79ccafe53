import { PROPOSAL_CODES } from "../codes.ts";
import { BODY_BYTES_MAX } from "../limits.ts";
import { dryRunParameter } from "../parameters.ts";
import { JSON_MEDIA_TYPE, NDJSON_MEDIA_TYPE, type Route } from "../route.ts";

export const TRANSITION_ROUTES = [
  {
    id: "proposeTransition",
    method: "POST",
    path: "/transition",
    area: "transitions",
    access: "signed",
    summary: "Propose one transition",
    description:
      "Durable before it is acknowledged. The same operation under the same key gets its first answer again, byte for byte. A header Idempotency-Key, where present, must equal idem_key.",
    pathParameters: [],
    query: [dryRunParameter],
    request: { content: { media: JSON_MEDIA_TYPE, schema: "Proposal" }, bytesMax: BODY_BYTES_MAX },
    answers: [
      {
        status: 202,
        description: "Accepted and durable",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Accepted" }],
        headers: { "Idempotent-Replayed": "`true` where this is the first answer again." },
      },
      {
        status: 200,
        description: "What the answer would be (`dry_run=true`)",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Accepted" }],
      },
    ],
    codes: [...PROPOSAL_CODES, "bad_query", "secret_found"],
  },
  {
    id: "proposeTransitions",
    method: "POST",
    path: "/transitions",
    area: "transitions",
    access: "signed",
    summary: "Propose any number of transitions on one connection",
    description:
      "NDJSON in, NDJSON out: one line for each, in order, while the request still runs. A line that is refused ends nothing.",
    pathParameters: [],
    query: [],
    request: {
      content: { media: NDJSON_MEDIA_TYPE, schema: "Proposal" },
      bytesMax: BODY_BYTES_MAX,
    },
    answers: [
      {
        status: 200,
        description: "One answer a line; refusals stand in their lines",
        content: [{ media: NDJSON_MEDIA_TYPE, schema: "TransitionsLine" }],
      },
    ],
    codes: ["fenced", "overloaded", "unsupported_media_type", "bad_query"],
  },
] as const satisfies readonly Route[];
