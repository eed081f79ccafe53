import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { blobHash, type BlobStore } from "../evidence/blob-store.ts";
import { canonicalize } from "@swoosh/kernel";
import { openingOf, redactionOf, wireProblem } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { buildIndex, indexFile, searchIndex } from "../ingest/search-index.ts";
import { verifyFolder } from "../verify/verify-folder.ts";
import { dataFolder } from "./data-folder.ts";
import { openNode } from "./open-node.ts";

const VERIFY = join(import.meta.dirname, "../../../../tools/verify.mjs");
const SALT = "c2FsdHNhbHRzYWx0c2FsdA";

let rig: HttpRig;
let headers: Readonly<Record<string, string>>;
async function open(): Promise<void> {
  rig = await HttpRig.open();
  headers = await rig.session(rig.operator);
}

const put = (body: Uint8Array): Promise<Response> =>
  fetch(`${rig.server.url}/evidence`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: Buffer.from(body),
  });

const order = (subject: string, id = redactionOf(subject)) => ({
  instance: id,
  transition: "Redaction_Order",
  inputs: { reason: "the person asked us to", subject },
});

/** Files of the rig that hold this text. */
function holdersOf(text: string): readonly string[] {
  return readdirSync(rig.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

interface Justified {
  readonly text: string;
  readonly opening: Uint8Array;
  readonly hash: string;
  /** Of the record. */
  readonly index: number;
}

/** A record of `switch/<person>` whose justification is a commitment alone. */
async function justified(person: string): Promise<Justified> {
  const text = `Ms ${person} of 12 Elm Street asked for it`;
  const opening = Buffer.from(canonicalize(openingOf({ salt: SALT, text })));
  const hash = blobHash(opening);
  expect((await put(opening)).status).toBe(201);
  const instance = `switch/${person}`;
  const index = await rig.mustPropose({ instance, transition: "Switch_Flip", justification: hash });
  return { text, opening, hash, index };
}

const why = (person: string): Promise<string> =>
  rig.get(`/explain?instance=switch/${person}`).then((response) => response.text());

describe("a redaction", () => {
  beforeAll(open);
  afterAll(() => rig.close());

  it("erases the text from every file, and changes nothing of the record, its decision and their proofs", async () => {
    const { hash, index, text } = await justified("Winterbottom");
    const told = async (): Promise<readonly unknown[]> => {
      const { items } = await rig.json(`/decisions?since=${index}&limit=1`);
      const proof = await rig.json(`/log/proof?index=${index}&size=${index + 1}`);
      return [...Object(items), proof];
    };
    const before = await told();
    expect(before[0]).toMatchObject({ justification: hash, redactions: ["justification"] });
    expect(wireProblem("DecisionRecord", before[0])).toBeUndefined();
    expect(await why("Winterbottom")).toContain(`it was justified: ${text}`);
    expect(holdersOf(text)).toHaveLength(1);

    await rig.mustPropose(order(hash));
    expect(holdersOf(text)).toEqual([]);
    expect(await told()).toEqual(before);
    expect(await why("Winterbottom")).toContain(`it was justified: ${hash}`);
    // The log is whole for us, and for whoever has neither our code nor the text.
    const { folder } = rig.node;
    expect(await verifyFolder(folder, { signatures: true })).toMatchObject({ ok: true });
    const verified = execFileSync(process.execPath, [VERIFY, "--data", folder], {
      encoding: "utf8",
    });
    expect(verified).toContain("sound");
  });

  it("is for good: the bytes are missing with the reason, and are not taken again by any way", async () => {
    const { hash, opening, text } = await justified("Summerfield");
    await rig.mustPropose(order(hash));
    const read = await rig.get(`/evidence/${hash}`, headers);
    expect([read.status, await read.text()]).toEqual([
      404,
      expect.stringContaining(`${hash} was redacted; ${redactionOf(hash)} says`),
    ]);
    const again = await put(opening);
    expect([again.status, await again.text()]).toEqual([
      403,
      expect.stringContaining("its bytes are not taken again"),
    ]);
    const { blobs }: { readonly blobs: BlobStore } = rig.node;
    expect(() => blobs.save(opening)).toThrow("was redacted");
    await expect(blobs.saveAll([opening])).rejects.toThrow("was redacted");
    expect(blobs.has(hash)).toBe(false);
    expect(holdersOf(text)).toEqual([]);
    // And bytes that never were here are kept away beforehand.
    const other = Buffer.from("not yet here");
    await rig.mustPropose(order(blobHash(other)));
    expect((await put(other)).status).toBe(403);
  });

  it("takes every search index with it that has the file's text", async () => {
    const { blobs, folder } = rig.node;
    const files = [
      { path: "kept.txt", text: "unremarkable" },
      { path: "gone.txt", text: "Ms Springer asked for it" },
    ].map(({ path, text }) => ({
      path,
      mode: "100644" as const,
      size: text.length,
      hash: blobs.save(Buffer.from(text)),
    }));
    const [kept, gone] = files;
    if (kept === undefined || gone === undefined) throw new Error("two files");
    const index = join(folder, "index");
    for (const [contentHash, of] of [
      ["sha256-a", [kept]],
      ["sha256-b", [kept, gone]],
    ] as const)
      await buildIndex({
        contentHash,
        manifest: { files: of, withheld: [], skipped: [] },
        blobs,
        folder: index,
      });
    expect(holdersOf("Springer").length).toBeGreaterThan(1);
    await rig.mustPropose(order(gone.hash));
    expect(holdersOf("Springer")).toEqual([]);
    expect(readdirSync(index)).toEqual(["sha256-a.sqlite"]);
    expect(searchIndex(indexFile(index, "sha256-a"), "unremarkable")).toHaveLength(1);
  });

  it("is refused for another hash than its name, and by a service; nothing is erased", async () => {
    const { hash, text } = await justified("Noon");
    const named = await rig.propose(order(blobHash(Buffer.from("x")), redactionOf(hash)));
    expect([named.status, await named.text()]).toEqual([400, expect.stringContaining("is for")]);
    const signer = await rig.register("bot", [{ role: "operator", scope: "*" }], "service");
    const by = await rig.propose({ ...order(hash), signer });
    expect([by.status, await by.text()]).toEqual([403, expect.stringContaining("operator:human")]);
    expect(holdersOf(text)).toHaveLength(1);
  });
});

describe("a redaction before a start", () => {
  beforeAll(open);
  afterAll(() => rig.close());

  it("that is in the log is carried out at the next start where a crash, or a backup, left the bytes", async () => {
    const { hash, text } = await justified("Autumn");
    const { blobs, folder } = dataFolder(rig.node.folder);
    const path = join(blobs, hash.slice(7, 9), hash);
    const aside = join(rig.folder, "aside");
    copyFileSync(path, aside);
    await rig.mustPropose(order(hash));
    await rig.server.stop();
    copyFileSync(aside, path);
    // A write that was cut off before it had its name.
    copyFileSync(aside, `${path}.1.1.tmp`);
    const node = await openNode({ folder, clock: rig.clock });
    await node.close();
    expect(holdersOf(text)).toEqual([aside]);
  });
});
