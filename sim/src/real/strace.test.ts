import { describe, expect, it } from "vitest";
import { EvidenceBook } from "./evidence-client.ts";
import { isOverIn, nthCallIn } from "./strace.ts";

const LOG = `7<MainThread> write(19<anon_inode:[eventfd]>, ""..., 8) = 8
9<libuv-worker> fsync(38</d/data/journal/log/spare-2.tmp> <unfinished ...>
7<MainThread> fsync(21</d/data/journal> <unfinished ...>
9<libuv-worker> <... fsync resumed>) = 0
9<libuv-worker> rename("/d/a", "/d/b") = 0
9<libuv-worker> fsync(22</d/data/blobs>) = ?
9<libuv-worker> +++ killed by SIGKILL +++
`;

describe("a log of strace", () => {
  it("says which thread was the first to make its n-th such call, and at which file", () => {
    expect(nthCallIn(LOG, "fsync", 1)?.path).toBe("/d/data/journal/log/spare-2.tmp");
    expect(nthCallIn(LOG, "fsync", 2)).toEqual({ thread: "libuv-worker", path: "/d/data/blobs" });
    expect(nthCallIn(LOG, "rename", 1)).toEqual({ thread: "libuv-worker", path: null });
    expect(nthCallIn(LOG, "fsync", 3)).toBeUndefined();
    const ofOne = LOG.replaceAll(/^\d+<[^>]*> /gmu, "");
    expect(nthCallIn(ofOne, "fsync", 3)).toEqual({ thread: null, path: "/d/data/blobs" });
  });

  it("is over with the process, not with a thread of it", () => {
    expect(isOverIn(LOG, 7)).toBe(false);
    expect(isOverIn(`${LOG}7<MainThread> +++ killed by SIGKILL +++\n`, 7)).toBe(true);
  });
});

describe("what is known of evidence", () => {
  it("finds what was acknowledged and is lost, half of anything, and what nobody put", () => {
    const book = new EvidenceBook();
    const bytes = Buffer.from("bytes");
    for (const hash of ["told", "open"]) book.note(hash, bytes);
    book.kept.set("told", bytes);
    book.open.delete("told");
    expect([...book.takeFresh()]).toEqual(["told", "open"]);
    expect([...book.takeFresh()]).toEqual([]);
    for (const hash of ["told", "open"]) book.check(hash, Buffer.from("bytes"));
    book.check("open", undefined);
    expect(book.findings).toEqual([]);
    book.check("told", undefined);
    for (const hash of ["told", "open"]) book.check(hash, bytes.subarray(0, 2));
    book.check("other", bytes);
    expect(book.findings).toEqual([
      "told was acknowledged, and is not there",
      "told has 2 bytes, not its own 5",
      "open has 2 bytes, not its own 5",
      "other is there, and nobody put it",
    ]);
  });
});
