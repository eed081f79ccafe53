import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobHash, BlobStore } from "./blob-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-blobs-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

describe("many blobs at once", () => {
  it("are stored as one by one, equal ones once, and leave nothing else behind", async () => {
    const store = new BlobStore(folder);
    const single = store.save(bytesOf("b"));
    const many = ["a", "b", "c", "a", ""].map(bytesOf);
    expect(await store.saveAll(many)).toEqual(many.map(blobHash));
    expect(single).toBe(blobHash(bytesOf("b")));
    for (const bytes of many) expect(store.read(blobHash(bytes))).toEqual(Buffer.from(bytes));
    expect(filesIn(folder)).toEqual(
      ["a", "b", "c", ""].map((text) => blobHash(bytesOf(text))).toSorted(),
    );
  });

  it("are written anew where what is there has lost its hash", async () => {
    const store = new BlobStore(folder);
    const hash = store.save(bytesOf("whole"));
    writeFileSync(join(folder, hash.slice(7, 9), hash), "damaged");
    expect(store.read(hash)).toBeUndefined();
    await store.saveAll([bytesOf("whole")]);
    expect(store.read(hash)).toEqual(Buffer.from("whole"));
  });
});

describe("a disk of one megabyte", () => {
  it("keeps a blob whole or says that it cannot, and leaves nothing of it", async ({ skip }) => {
    const options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder];
    if (spawnSync("mount", options, { stdio: "ignore" }).status !== 0)
      skip("mounting is not allowed here");
    try {
      const store = new BlobStore(join(folder, "blobs"));
      const tooMuch = Buffer.alloc(2_097_152, 1);
      const ways: readonly ((bytes: Uint8Array) => Promise<unknown>)[] = [
        async (bytes) => store.save(bytes),
        (bytes) => store.saveAll([bytes]),
        async (bytes) => {
          const upload = await store.upload();
          try {
            await upload.write(bytes);
            return await store.keep(upload);
          } finally {
            await upload.drop();
          }
        },
      ];
      for (const [at, way] of ways.entries()) {
        await expect(way(tooMuch)).rejects.toMatchObject({ code: "ENOSPC" });
        expect(store.has(blobHash(tooMuch))).toBe(false);
        // The room that it took is there again: what fits is kept, and nothing else is there.
        const fits = Buffer.alloc(600_000, 2 + at);
        await way(fits);
        expect(store.read(blobHash(fits))).toEqual(fits);
        expect(filesIn(folder)).toEqual([blobHash(fits)]);
        store.redact(blobHash(fits));
      }
    } finally {
      spawnSync("umount", ["--lazy", folder]);
    }
  });
});

function filesIn(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ name }) => name)
    .toSorted();
}
