import { indexParameter, limitParameter } from "../parameters.ts";
import { JSON_MEDIA_TYPE, NDJSON_MEDIA_TYPE, SSE_MEDIA_TYPE, type Route } from "../route.ts";

const PLAIN = "text/plain; charset=utf-8";

export const LOG_ROUTES = [
  {
    id: "readJournal",
    method: "GET",
    path: "/journal",
    area: "log",
    access: "session",
    summary: "Read records, or follow them for ever",
    description:
      "Each line is the exact bytes of a record. With `Accept: text/event-stream` it follows the log: `id` is the index, `data` the record; a client that comes back with Last-Event-ID goes on behind it. An event `end` says why the server ends it.",
    pathParameters: [],
    query: [indexParameter("from", "The first index; 0 where it is left out."), limitParameter],
    answers: [
      {
        status: 200,
        description: "Records, one a line; no bytes where there are none",
        content: [
          { media: NDJSON_MEDIA_TYPE, schema: "Record" },
          { media: SSE_MEDIA_TYPE, schema: "Record" },
        ],
      },
    ],
    codes: ["bad_query", "unauthenticated", "forbidden", "fenced", "overloaded"],
  },
  {
    id: "readCheckpoint",
    method: "GET",
    path: "/log/checkpoint",
    area: "log",
    access: "public",
    summary: "Read the signed head of the log's tree",
    pathParameters: [],
    query: [],
    answers: [
      {
        status: 200,
        description: "A checkpoint as signed note (C2SP tlog-checkpoint)",
        content: [{ media: PLAIN }],
      },
    ],
    codes: ["fenced"],
  },
  {
    id: "readTile",
    method: "GET",
    path: "/log/tile/{tile}",
    area: "log",
    access: "public",
    summary: "Read a tile of hashes",
    description: "C2SP tlog-tiles: `<L>/<N>[.p/<W>]`. Entry bundles are not part of it.",
    pathParameters: [
      {
        name: "tile",
        description: "Level, number in groups of three digits, and for a partial tile its width.",
        pattern: "^[0-9]{1,2}/(?:x[0-9]{3}/)*[0-9]{3}(?:\\.p/[1-9][0-9]{0,2})?$",
        rest: true,
      },
    ],
    query: [],
    answers: [
      {
        status: 200,
        description: "Hashes of 32 bytes each",
        content: [{ media: "application/octet-stream" }],
      },
    ],
    codes: ["not_found"],
  },
  {
    id: "proveInclusion",
    method: "GET",
    path: "/log/proof",
    area: "log",
    access: "session",
    summary: "Prove that a record is in a tree",
    pathParameters: [],
    query: [
      indexParameter("index", "Of the record.", true),
      indexParameter("size", "Of the tree: that of the checkpoint you hold.", true),
    ],
    answers: [
      {
        status: 200,
        description: "The hashes beside the way to the root",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Proof" }],
      },
    ],
    codes: ["bad_query", "unauthenticated", "not_found"],
  },
  {
    id: "proveConsistency",
    method: "GET",
    path: "/log/consistency",
    area: "log",
    access: "session",
    summary: "Prove that one tree is the beginning of another",
    pathParameters: [],
    query: [
      indexParameter("from", "Size of the older tree.", true),
      indexParameter("to", "Size of the newer tree.", true),
    ],
    answers: [
      {
        status: 200,
        description: "The hashes that lead to both roots",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Proof" }],
      },
    ],
    codes: ["bad_query", "unauthenticated", "not_found"],
  },
] as const satisfies readonly Route[];
