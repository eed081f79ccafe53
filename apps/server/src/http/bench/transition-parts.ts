import type { Part } from "./profile-shares.ts";

/** The server's way with a transition. */
export const TRANSITION_PARTS: readonly Part[] = [
  ["garbage collection", /^\(garbage collector\)/],
  ["journal: fdatasync", /^fdatasync/],
  [
    "journal: frames, checksum, write, spare segments",
    /server\/src\/journal\/|log\/(batch|crc32c)\.ts/,
  ],
  [
    "signature: packing, hand-over to its thread and back",
    /server\/src\/crypto\/|^postMessage|worker_threads|internal\/worker/,
  ],
  ["hashing (SHA-256)", /internal\/crypto\/|^oneShotDigest|hasher\.ts|src\/hash\.ts/],
  ["JSON: strict parsing and canonical form", /src\/json\//],
  ["record: building and encoding", /build-record|encode-record|log\/record|reduce\/draft/],
  ["log tree", /log\/(tree|node-hash)\.ts/],
  [
    "metrics, spans and log lines",
    /server\/src\/(metrics|trace)\/|prometheus|opentelemetry|\/pino/,
  ],
  [
    "answer: building and text",
    /propose-text|wire-answer|reduce\/answer|settle-plan|protocol\/src/,
  ],
  [
    "decision: head, authority, chart, guards, assigns",
    /src\/(reduce|interpret|cel|schema|chart)\//,
  ],
  [
    "engine: parsing of proposals, queue, turn, state, publishing",
    /src\/engine\/|record-hub|kernel\/src\/kernel\.ts/,
  ],
  ["socket writes", /^(writeUtf8String|writeLatin1String|writev|writeBuffer)/],
  ["HTTP: our routes and hooks", /server\/src\/http\//],
  ["HTTP: Fastify and its router", /fastify|find-my-way/],
  [
    "HTTP: Node's parser, sockets, streams",
    /node:(_http|http|net|stream|events|internal\/(streams|stream_base|http|net|timers|event))|^(onStreamRead|parserOn)/,
  ],
  [
    "promises and turns of the loop",
    /node:internal\/process|node:internal\/(async|promise)|^(runMicrotasks|processTicks)/,
  ],
];
