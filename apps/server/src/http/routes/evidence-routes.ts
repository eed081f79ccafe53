import type { IncomingMessage } from "node:http";
import { isValueHash } from "@swoosh/kernel";
import { EVIDENCE_BYTES_MAX, routeOf } from "@swoosh/protocol";
import type { BlobStore } from "../../evidence/blob-store.ts";
import { given, refused, type Reading } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { UPLOAD_STALL_MS, UPLOADS_MAX } from "../limits.ts";
import { jsonOf, mount, type Sent } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

const BYTES = "application/octet-stream";

/** `PUT /evidence`: bytes are stored under their hash. */
export function addEvidenceUpload(
  app: HttpApp,
  { sessions }: Pick<ReadDoors, "sessions">,
  blobs: BlobStore,
): void {
  let uploads = 0;
  // Its own scope: the body is a stream here, of any type, and a text elsewhere.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    mount(scope, "storeEvidence", {
      sessions,
      handler: async ({ reply, request }) => {
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
          const stored = await store(blobs, request.raw);
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
      if (bytes === undefined)
        return refused("not_found", `no bytes with the hash ${named} are here`);
      const headers = {
        "cache-control": "private, immutable",
        "x-content-type-options": "nosniff",
      };
      return given({ body: bytes, media: BYTES, headers });
    },
  });
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
    if (isFull(error))
      return refused("overloaded", "the disk is full; free some space, then send it again", {
        after_ms: 5_000,
      });
    throw error;
  } finally {
    if (!kept) await upload.drop();
  }
}

function isFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
