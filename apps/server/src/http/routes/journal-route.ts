import { Readable } from "node:stream";
import type { ReadSource } from "../../read/read-source.ts";
import { NDJSON_MEDIA_TYPE, PAGE_ITEMS_DEFAULT, SSE_MEDIA_TYPE } from "@swoosh/protocol";
import { given, refused, type Reading } from "../../read/reading.ts";
import { admit } from "../admit.ts";
import type { HttpApp } from "../http-app.ts";
import { JournalTail } from "../journal-tail.ts";
import { TAIL_PAGE_RECORDS, TAILS_END_MS, TAILS_MAX } from "../limits.ts";
import { mount, type Asked, type Sent } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";
import { fenced, staleHeaders } from "../stale.ts";
import { waitFor } from "../wait-for.ts";

/** `GET /journal`: exact record bytes, a page of lines or an endless stream of events. */
export function addJournalRoute(app: HttpApp, doors: ReadDoors): void {
  const tails = new Map<JournalTail, Promise<void>>();
  const { sessions, source } = doors;
  mount(app, "readJournal", {
    sessions,
    handler: async (asked) => {
      const problem = fenced(doors, asked) ?? forSome(asked);
      if (problem !== undefined) return problem;
      const { headers, method } = asked.request;
      // HEAD asks what GET would say, and a stream says nothing more than that.
      if (accepts(headers.accept) && method !== "HEAD") return follow(doors, tails, asked);
      const from = asked.query.integer("from") ?? 0;
      const limit = asked.query.integer("limit") ?? PAGE_ITEMS_DEFAULT;
      const body = Readable.from(lines(source, from, limit));
      return given({ body, headers: staleHeaders(doors, asked), media: NDJSON_MEDIA_TYPE });
    },
  });
  // Streams have no end of their own: they are told, and the server can close.
  app.addHook("preClose", async () => {
    for (const tail of tails.keys())
      tail.end("stopping", "the server stops; come back with Last-Event-ID");
    await waitFor(Promise.all(tails.values()), TAILS_END_MS);
  });
}

/** A page can have 64 MiB: it leaves as fast as the reader takes it, and no faster. */
async function* lines(source: ReadSource, from: number, limit: number): AsyncGenerator<string> {
  for (let at = from; at < from + limit;) {
    const texts = await source.records(at, Math.min(TAIL_PAGE_RECORDS, from + limit - at));
    if (texts.length === 0) return;
    at += texts.length;
    yield texts.map((text) => `${text}\n`).join("");
  }
}

/** The log is one chain: whoever sees a part of the instances cannot have a part of it. */
function forSome({ holder }: Asked): Extract<Reading<never>, { ok: false }> | undefined {
  if (holder.viewer.all) return undefined;
  return refused(
    "forbidden",
    `the journal holds all instances; ${holder.name} sees some: it needs the role auditor, or the scope *`,
  );
}

function accepts(header: string | undefined): boolean {
  return (header ?? "").split(",").some((part) => part.trim().split(";")[0] === SSE_MEDIA_TYPE);
}

async function follow(
  { context, node, sessions, source }: ReadDoors,
  tails: Map<JournalTail, Promise<void>>,
  { query, reply, request }: Asked,
): Promise<Reading<Sent | null>> {
  const from = begin(request.headers["last-event-id"], query.integer("from") ?? 0);
  const { size } = source;
  if (from === undefined)
    return refused("bad_query", "Last-Event-ID is no index of a record: decimal digits");
  if (from > size)
    return refused("bad_query", `the stream would begin at ${from}; this log has ${size} records`);
  if (tails.size >= TAILS_MAX || context.isStopping())
    return refused("overloaded", `${tails.size} readers follow the journal; ${TAILS_MAX} may`, {
      after_ms: 1_000,
    });
  // The whole frame of the answer is ours from here on.
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "cache-control": "no-store",
    "content-type": SSE_MEDIA_TYPE,
    "x-accel-buffering": "no",
  });
  const tail = new JournalTail(
    {
      records: (first, limit) => source.records(first, limit),
      onRecord: (listener) => node.onRecord(listener),
      barred: () => {
        const still = admit("session", request.raw, sessions);
        return still.ok ? undefined : still.problem.detail;
      },
    },
    raw,
    { from },
  );
  const run = tail.run();
  tails.set(tail, run);
  await run.finally(() => tails.delete(tail));
  return given(null);
}

/** Where it begins: behind the last event that the reader has, else at `from`. */
function begin(header: string | readonly string[] | undefined, from: number): number | undefined {
  if (header === undefined) return from;
  if (typeof header !== "string" || !/^(?:0|[1-9][0-9]{0,14})$/.test(header)) return undefined;
  return Number(header) + 1;
}
