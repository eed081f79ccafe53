import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, createWriteStream, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { pack, type Headers } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { INGEST_BOUNDS } from "./check-entries.ts";
import { IngestRig, PLANTED } from "./test/ingest-rig.ts";

let rig: IngestRig;
beforeEach(() => {
  rig = new IngestRig();
});
afterEach(() => {
  rig.end();
});

const GIB_BYTES = 1_073_741_824;

describe("a folder that is no repository", () => {
  it("is pinned by its bytes; folders of tools are left out, and named", async () => {
    rig.write("project/swoosh.yaml", "goal: g\n");
    rig.write("project/src/run.sh", "x");
    chmodSync(rig.path("project/src/run.sh"), 0o755);
    rig.write("project/src/node_modules/a/index.js", "x");
    symlinkSync("../swoosh.yaml", rig.path("project/src/link"));
    const source = await rig.resolve("project");
    expect(source).toMatchObject({ kind: "directory", pin: expect.stringMatching(/^sha256-/) });
    const { manifest } = await rig.fetch(source);
    expect(manifest.files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      "120000 src/link",
      "100755 src/run.sh",
      "100644 swoosh.yaml",
    ]);
    expect(manifest.skipped).toEqual(["src/node_modules"]);
    writeFileSync(rig.path("project/swoosh.yaml"), "goal: h\n");
    expect((await rig.resolve("project")).pin).not.toBe(source.pin);
    await expect(rig.fetch(source)).rejects.toMatchObject({
      code: "moved_source",
      retryable: true,
    });
  });

  it("is taken as a folder where git is not wanted", async () => {
    const path = rig.repository("repo", "");
    rig.write("repo/a.txt", "not committed");
    expect((await rig.ingest(`directory:${path}`)).manifest.files.map((file) => file.path)).toEqual(
      ["a.txt"],
    );
  });

  it.each<readonly [what: string, make: (one: IngestRig) => void, code: string, message: string]>([
    [
      "a pipe",
      (one) => execFileSync("mkfifo", [one.path("project/pipe")]),
      "special_file",
      "pipe is no file, folder or link",
    ],
    [
      "a link out",
      (one) => symlinkSync("../../secret", one.path("project/a")),
      "link_leads_out",
      "leads out of the source",
    ],
    [
      "a file of a GiB",
      (one) => truncateSync(one.write("project/big", ""), GIB_BYTES),
      "file_too_large",
      `big has ${GIB_BYTES} bytes; at most 268435456`,
    ],
    [
      "a name that is no UTF-8",
      (one) =>
        writeFileSync(
          Buffer.concat([Buffer.from(`${one.path("project")}/a`), Buffer.from([0xff])]),
          "x",
        ),
      "bad_path",
      "is no UTF-8",
    ],
  ])("is refused with %s", async (_what, make, code, message) => {
    rig.write("project/ok.txt", "x");
    make(rig);
    expect(await rig.refusalOf("project")).toEqual([code, expect.stringContaining(message)]);
  });
});

describe("bounds", () => {
  it("refuse too many files, too large a file, and too much in all", async () => {
    rig.write("project/a", "12345");
    rig.write("project/b", "1234567");
    const refusal = (change: Partial<typeof INGEST_BOUNDS>) =>
      rig.refusalOf("project", { ...INGEST_BOUNDS, ...change });
    expect(await refusal({ filesMax: 1 })).toEqual([
      "too_many_files",
      expect.stringContaining("more than 1 files"),
    ]);
    expect(await refusal({ fileBytesMax: 6 })).toEqual([
      "file_too_large",
      expect.stringContaining("b has 7 bytes; at most 6"),
    ]);
    expect(await refusal({ totalBytesMax: 11 })).toEqual(["source_too_large", expect.any(String)]);
    expect(await refusal({ filesMax: 2, fileBytesMax: 7, totalBytesMax: 12 })).toEqual([
      "ingested",
      "2 files",
    ]);
  });
});

type Entry = readonly [header: Headers, bytes?: string];

async function archive(name: string, entries: readonly Entry[]): Promise<string> {
  const tar = pack();
  const path = rig.path(name);
  const file = createWriteStream(path);
  tar.pipe(file);
  for (const [header, bytes] of entries) tar.entry(header, bytes ?? "");
  tar.finalize();
  await once(file, "finish");
  return path;
}

describe("a tar", () => {
  const FILES: readonly Entry[] = [
    [{ name: "./lib-1.0/", type: "directory" }],
    [{ name: "./lib-1.0/swoosh.yaml" }, "goal: g\n"],
    [{ name: "./lib-1.0/bin/run", mode: 0o755 }, "x"],
    [{ name: "./lib-1.0/bin/same", type: "link", linkname: "./lib-1.0/bin/run" }],
    [{ name: "./lib-1.0/latest", type: "symlink", linkname: "bin/run" }],
  ];
  const PATHS = ["100755 bin/run", "100755 bin/same", "120000 latest", "100644 swoosh.yaml"];

  it("is pinned by its bytes, and its one folder is the root; the same in gzip", async () => {
    const path = await archive("lib.tar", FILES);
    const source = await rig.resolve(path);
    expect(source).toMatchObject({ kind: "tar", pin: expect.stringMatching(/^sha256-/) });
    const plain = await rig.fetch(source);
    expect(plain.manifest.files.map((file) => `${file.mode} ${file.path}`)).toEqual(PATHS);
    const zipped = rig.write("lib.tar.gz", gzipSync(execFileSync("cat", [path])));
    expect((await rig.ingest(zipped)).contentHash).toBe(plain.contentHash);
    rig.write("lib.tar", "other");
    await expect(rig.fetch(source)).rejects.toMatchObject({ code: "moved_source" });
  });

  it.each<readonly [what: string, entries: readonly Entry[], code: string, message: string]>([
    [
      "a step up",
      [[{ name: "a/../../b" }, "x"]],
      "bad_path",
      'the path "a/../../b" has the step ".."',
    ],
    ["an absolute path", [[{ name: "/etc/x" }, "x"]], "bad_path", "is absolute"],
    [
      "a file twice",
      [
        [{ name: "a" }, "x"],
        [{ name: "a" }, "y"],
      ],
      "bad_path",
      "a is in the archive twice",
    ],
    [
      "a file below a file",
      [
        [{ name: "a" }, "x"],
        [{ name: "a/b" }, "y"],
      ],
      "bad_path",
      "a/b lies below a, which is a file",
    ],
    [
      "a file below a link",
      [[{ name: "a", type: "symlink", linkname: "b" }], [{ name: "a/c" }, "y"]],
      "bad_path",
      "a/c lies below a",
    ],
    [
      "a link out",
      [[{ name: "a", type: "symlink", linkname: "../b" }]],
      "link_leads_out",
      "leads out",
    ],
    [
      "a hard link to elsewhere",
      [[{ name: "a", type: "link", linkname: "/etc/passwd" }]],
      "link_leads_out",
      "is a hard link",
    ],
    [
      "a device",
      [[{ name: "null", type: "character-device" }]],
      "special_file",
      "null is a character-device",
    ],
    ["a pipe", [[{ name: "p", type: "fifo" }]], "special_file", "p is a fifo"],
    [
      "hooks of git",
      [[{ name: ".git/hooks/post-checkout", mode: 0o755 }, "x"]],
      "bad_path",
      "leads into a folder of git",
    ],
  ])("is refused with %s", async (_what, entries, code, message) => {
    expect(await rig.refusalOf(await archive("a.tar", entries))).toEqual([
      code,
      expect.stringContaining(message),
    ]);
  });

  it("is refused where it is cut off, or no tar at all", async () => {
    const path = await archive("a.tar", [[{ name: "a" }, "x".repeat(5_000)]]);
    truncateSync(path, 2_000);
    expect((await rig.refusalOf(path))[0]).toBe("broken_archive");
    const noTar = rig.write("b.tar", Buffer.alloc(2_048, 0x41));
    expect((await rig.refusalOf(noTar))[0]).toBe("broken_archive");
    const noGzip = rig.write("c.tar.gz", Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect((await rig.refusalOf(noGzip))[0]).toBe("broken_archive");
  });

  it("is refused where little unpacks to much", async () => {
    const bounds = {
      ...INGEST_BOUNDS,
      filesMax: 10,
      fileBytesMax: 1_000_000,
      totalBytesMax: 100_000,
    };
    const bomb = rig.write("bomb.tar.gz", gzipSync(Buffer.alloc(1_000_000)));
    expect((await rig.refusalOf(bomb, bounds))[0]).toBe("source_too_large");
    const path = await archive("big.tar", [[{ name: "a" }, "x".repeat(200)]]);
    expect((await rig.refusalOf(path, { ...INGEST_BOUNDS, fileBytesMax: 100 }))[0]).toBe(
      "file_too_large",
    );
  });

  it("holds secrets that are stored nowhere", async () => {
    const path = await archive("a.tar", [
      [{ name: "a" }, `t ${PLANTED}`],
      [{ name: "b" }, "ok"],
    ]);
    const { manifest, scan } = await rig.ingest(path);
    expect([scan.verdict, manifest.withheld.length, manifest.files.length]).toEqual(["deny", 1, 1]);
    expect(rig.storedWith(PLANTED)).toEqual([]);
  });
});
