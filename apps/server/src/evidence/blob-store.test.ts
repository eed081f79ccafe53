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
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(files.map(({ name }) => name).toSorted()).toEqual(
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
