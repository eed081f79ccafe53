import type { IncomingMessage } from "node:http";
import { isValueHash } from "@swoosh/kernel";
import { EVIDENCE_BYTES_MAX, redactionOf, routeOf } from "@swoosh/protocol";
import { EvidenceRedacted, type BlobStore } from "../../evidence/blob-store.ts";
import { PolicyAway } from "../../providers/shhh/policy-engine.ts";
import { given, refused, type Reading } from "../../read/reading.ts";
import type { Screen } from "../../screen/screen.ts";
import { secretProblem } from "../../screen/screen-proposal.ts";
import type { HttpApp, RouteContext } from "../http-app.ts";
import { UPLOAD_BYTES_HELD_MAX, UPLOAD_STALL_MS, UPLOADS_MAX } from "../limits.ts";
import { jsonOf, mount, type Sent } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

const BYTES = "application/octet-stream";

/** `PUT /evidence`: bytes are stored under their hash, once the screen, where there is one, has looked at them. */
export function addEvidenceUpload(
  app: HttpApp,
  { sessions }: Pick<ReadDoors, "sessions">,
  { node: { blobs }, screen }: Pick<RouteContext, "node" | "screen">,
): void {
  let uploads = 0;
  const room = { bytes: 0 };
  // Its own scope: the body is a stream here, of any type, and a text elsewhere.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    mount(scope, "storeEvidence", {
      sessions,
      handler: async ({ holder, query, reply, request }) => {
        const problem = bodyProblem(request.raw);
        if (problem !== undefined) return closing(reply.raw, problem);
        if (uploads >= UPLOADS_MAX)
          return closing(
            reply.raw,
            refused("overloaded", `${uploads} uploads run, the most there may be`, {
              after_ms: 1_000,
            }),
          );
        uploads += 1;
        try {
          const instance = query.text("for") ?? "";
          if (instance !== "" && !holder.viewer.sees(instance))
            return closing(
              reply.raw,
              refused("forbidden", `${instance} is not in the scope of ${holder.name}`),
            );
          const about = { instance, name: query.text("name") ?? "evidence" };
          const stored = await (screen === undefined
            ? store(blobs, request.raw)
            : storeScreened({ blobs, screen, room }, request.raw, about));
          return stored.ok ? stored : closing(reply.raw, stored);
        } finally {
          uploads -= 1;
        }
      },
    });
  });
}

/** `GET /evidence/<hash>`: bytes by their hash. */
export function addEvidenceRoutes(app: HttpApp, doors: ReadDoors): void {
  const { node, sessions } = doors;
  mount(app, "readEvidence", {
    sessions,
    handler: async ({ named }) => {
      const bytes = node.blobs.read(named) ?? (await chartText(doors, named));
      if (bytes === undefined) return refused("not_found", missing(doors, named));
      const headers = {
        "cache-control": "private, immutable",
        "x-content-type-options": "nosniff",
      };
      return given({ body: bytes, media: BYTES, headers });
    },
  });
}

function missing({ node }: ReadDoors, hash: string): string {
  const order = isValueHash(hash) ? redactionOf(hash) : "";
  if (order !== "" && node.engine.state.head(order) !== undefined)
    return `${hash} was redacted; ${order} says who ordered it and why`;
  return `no bytes with the hash ${hash} are here`;
}

/** Normal forms of charts are evidence too: the hash of canonical text is that of its bytes. */
async function chartText({ node }: ReadDoors, hash: string): Promise<Uint8Array | undefined> {
  const text = isValueHash(hash) ? await node.journal.evidence(hash) : undefined;
  return text === undefined ? undefined : Buffer.from(text);
}

function bodyProblem({
  headers,
}: IncomingMessage): Extract<Reading<never>, { ok: false }> | undefined {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? BYTES;
  if (type !== BYTES)
    return refused("unsupported_media_type", `the body's type is ${type}; send it as ${BYTES}`);
  if (Number(headers["content-length"] ?? 0) > EVIDENCE_BYTES_MAX) return tooLarge();
  return undefined;
}

function tooLarge(): Extract<Reading<never>, { ok: false }> {
  return refused(
    "too_large",
    `evidence has at most ${EVIDENCE_BYTES_MAX} bytes; ${routeOf("storeEvidence").path} takes no more`,
  );
}

/** What is left of the body is not read: the connection ends with the answer. */
function closing(
  response: { shouldKeepAlive: boolean },
  problem: Extract<Reading<never>, { ok: false }>,
): Reading<never> {
  response.shouldKeepAlive = false;
  return problem;
}

async function store(blobs: BlobStore, request: IncomingMessage): Promise<Reading<Sent>> {
  const upload = await blobs.upload();
  let kept = false;
  try {
    request.setTimeout(UPLOAD_STALL_MS, () =>
      request.destroy(new Error("the upload stands still")),
    );
    for await (const chunk of request) {
      const bytes: Uint8Array = chunk;
      if (upload.bytes + bytes.length > EVIDENCE_BYTES_MAX) return tooLarge();
      await upload.write(bytes);
    }
    const { bytes } = upload;
    const hash = await blobs.keep(upload);
    kept = true;
    const headers = { location: `/evidence/${hash}` };
    return given({ ...jsonOf({ bytes, hash }, headers), status: 201 });
  } catch (error) {
    if (isFull(error)) return diskFull();
    if (error instanceof EvidenceRedacted) return refused("forbidden", error.message);
    throw error;
  } finally {
    if (!kept) await upload.drop();
  }
}

interface ScreenedStore {
  readonly blobs: BlobStore;
  readonly screen: Screen;
  /** Bytes that wait for the screen, of all uploads. */
  readonly room: { bytes: number };
}

/** The whole is in memory until it is known to be clean: what is not must never have been on the disk. */
async function storeScreened(
  { blobs, room, screen }: ScreenedStore,
  request: IncomingMessage,
  about: { readonly instance: string; readonly name: string },
): Promise<Reading<Sent>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    request.setTimeout(UPLOAD_STALL_MS, () =>
      request.destroy(new Error("the upload stands still")),
    );
    for await (const chunk of request) {
      const bytes: Uint8Array = chunk;
      if (size + bytes.length > EVIDENCE_BYTES_MAX) return tooLarge();
      if (room.bytes + bytes.length > UPLOAD_BYTES_HELD_MAX)
        return refused("overloaded", "too many large uploads at once; send it again", {
          after_ms: 1_000,
        });
      size += bytes.length;
      room.bytes += bytes.length;
      pieces.push(bytes);
    }
    const screened = await screen.evidence(Buffer.concat(pieces), about.name).catch(ifAway);
    if ("ok" in screened) return screened;
    if (screened.kind === "denied") {
      const finding = screen.found(about.instance, screened.scan);
      await screen.actOn(finding);
      return { ok: false, problem: secretProblem(finding) };
    }
    const kept = await keep(blobs, screened.bytes);
    if (!kept.ok) return kept;
    const { bytes, hash } = kept.value;
    const redacted =
      screened.kind === "redacted" ? { redactions: Math.max(screened.redactions, 1) } : {};
    const headers = { location: `/evidence/${hash}` };
    return given({ ...jsonOf({ bytes, hash, ...redacted }, headers), status: 201 });
  } finally {
    room.bytes -= size;
  }
}

/** Nobody knows whether it may be kept: then it is not. */
function ifAway(error: unknown): Extract<Reading<never>, { ok: false }> {
  if (!(error instanceof PolicyAway)) throw error;
  return refused("overloaded", `${error.message}; nothing was kept, send it again`, {
    after_ms: 5_000,
  });
}

async function keep(
  blobs: BlobStore,
  bytes: Uint8Array,
): Promise<Reading<{ readonly bytes: number; readonly hash: string }>> {
  const upload = await blobs.upload();
  try {
    await upload.write(bytes);
    return given({ bytes: bytes.length, hash: await blobs.keep(upload) });
  } catch (error) {
    await upload.drop();
    if (isFull(error)) return diskFull();
    if (error instanceof EvidenceRedacted) return refused("forbidden", error.message);
    throw error;
  }
}

function diskFull(): Extract<Reading<never>, { ok: false }> {
  return refused("overloaded", "the disk is full; free some space, then send it again", {
    after_ms: 5_000,
  });
}

function isFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
