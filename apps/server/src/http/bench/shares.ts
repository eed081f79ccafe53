import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * Where the time of a CPU profile went, by part of the server's way with a transition:
 *
 *   SWOOSH_BENCH_PROFILE=FILE npm run bench -w apps/server; node apps/server/src/http/bench/shares.ts FILE
 *
 * A sample belongs to the first part, from its innermost frame outwards, that knows a frame of it.
 */
interface Frame {
  readonly functionName: string;
  readonly url: string;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: Frame;
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Frames as `function url`. Order matters where two know one frame: the first has it. */
const PARTS: readonly (readonly [part: string, frame: RegExp])[] = [
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

/** Gaps longer than this, in microseconds, are other processes' time, not this one's. */
const GAP_MAX = 3_000;

function sharesOf(profile: Profile): ReadonlyMap<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])),
  );
  const partOf = (id: number | undefined): string => {
    const frame = id === undefined ? undefined : nodes.get(id)?.callFrame;
    if (frame === undefined) return "everything else";
    const text = `${frame.functionName} ${frame.url}`;
    return PARTS.find(([, pattern]) => pattern.test(text))?.[0] ?? partOf(parents.get(id ?? 0));
  };
  const shares = new Map<string, number>();
  let total = 0;
  for (const [at, id] of profile.samples.entries()) {
    if (nodes.get(id)?.callFrame.functionName === "(idle)") continue;
    const took = Math.min(profile.timeDeltas[at + 1] ?? 0, GAP_MAX);
    const part = partOf(id);
    shares.set(part, (shares.get(part) ?? 0) + took);
    total += took;
  }
  return new Map([...shares].map(([part, took]) => [part, took / total]));
}

for (const file of process.argv.slice(2)) {
  const profile: Profile = JSON.parse(readFileSync(file, "utf8"));
  const shares = [...sharesOf(profile)].toSorted(([, one], [, other]) => other - one);
  process.stdout.write(`${file}: ${profile.samples.length} samples\n`);
  for (const [part, share] of shares) {
    process.stdout.write(`${(100 * share).toFixed(1).padStart(6)} %  ${part}\n`);
  }
}
