import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobHash } from "../evidence/blob-store.ts";
import { Egress } from "../providers/egress/egress.ts";
import { INGEST_BOUNDS } from "./check-entries.ts";
import { readManifest } from "./manifest.ts";
import type { AdmitOutbound } from "./outbound.ts";
import { resolveSource } from "./resolve-source.ts";
import { commitOf, IngestRig, PLANTED } from "./test/ingest-rig.ts";

let rig: IngestRig;
beforeEach(() => {
  rig = new IngestRig();
});
afterEach(() => {
  rig.end();
});

/** Files of a large repository: as many as one may have in soak. */
const FILES = process.env["SWOOSH_SOAK"] === undefined ? 500 : INGEST_BOUNDS.filesMax;

const GOOD = commitOf([
  ["100644", "swoosh.yaml", "goal: g\n"],
  ["100755", "bin/run.sh", "#!/bin/sh\n"],
  ["120000", "bin/latest", "run.sh"],
  ["100644", "ä/ü.txt", "same\n"],
  ["100644", "copy.txt", "same\n"],
  ["100644", "empty", ""],
]);

const served = async (folder: string): Promise<{ server: Server; url: string }> => {
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? "", "http://h").pathname);
    if (request.url?.startsWith("/moved") === true)
      response.writeHead(302, { location: "/repo/.git/info/refs" }).end();
    else if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
      response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { server, url: `http://127.0.0.1:${port}` };
};

describe("a repository", () => {
  it("is pinned, and stored by content under a manifest", async () => {
    const path = rig.repository("repo", GOOD);
    const source = await rig.resolve(path);
    expect(source).toMatchObject({ kind: "git", pin: rig.git(["-C", path, "rev-parse", "HEAD"]) });
    const content = await rig.fetch(source);
    const file = (name: string, mode: string, bytes: string) => ({
      path: name,
      mode,
      size: Buffer.byteLength(bytes),
      hash: blobHash(Buffer.from(bytes)),
    });
    expect(content.manifest).toEqual({
      files: [
        file("bin/latest", "120000", "run.sh"),
        file("bin/run.sh", "100755", "#!/bin/sh\n"),
        file("copy.txt", "100644", "same\n"),
        file("empty", "100644", ""),
        file("swoosh.yaml", "100644", "goal: g\n"),
        file("ä/ü.txt", "100644", "same\n"),
      ],
      withheld: [],
      skipped: [],
    });
    expect([content.files, content.bytes, content.scan.count]).toEqual([6, 34, 0]);
    for (const { hash } of content.manifest.files) expect(rig.blobs.has(hash)).toBe(true);
    const kept = rig.blobs.read(content.contentHash);
    expect(kept === undefined ? undefined : readManifest(kept)).toEqual(content.manifest);
  });

  it("gives what was pinned, though its branch has moved on, and again the same hash", async () => {
    const path = rig.repository("repo", GOOD);
    const source = await rig.resolve(path);
    const before = await rig.fetch(source);
    rig.git(
      ["-C", path, "fast-import", "--quiet", "--force"],
      commitOf([["100644", "new", "x"]], { mark: 2 }),
    );
    expect((await rig.resolve(path)).pin).not.toBe(source.pin);
    expect((await rig.fetch(source)).contentHash).toBe(before.contentHash);
  });

  it("is taken at a branch, a tag or a commit", async () => {
    const path = rig.repository("repo", GOOD);
    const first = rig.git(["-C", path, "rev-parse", "main"]);
    rig.git([
      "-C",
      path,
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.org",
      "tag",
      "-a",
      "v1",
      "-m",
      "one",
      "main",
    ]);
    rig.git(
      ["-C", path, "fast-import", "--quiet"],
      commitOf([["100644", "b", "b"]], { mark: 2, branch: "next" }),
    );
    expect((await rig.resolve(`${path}#v1`)).pin).toBe(first);
    expect((await rig.resolve(`${path}#${first}`)).pin).toBe(first);
    expect((await rig.ingest(`${path}#next`)).manifest.files.map((file) => file.path)).toEqual([
      "b",
    ]);
    expect(await rig.refusalOf(`${path}#nowhere`)).toEqual([
      "bad_source",
      expect.stringContaining('has no branch or tag "nowhere"; there are HEAD'),
    ]);
    expect(await rig.refusalOf(`${path}#${"0".repeat(40)}`)).toEqual([
      "moved_source",
      expect.stringContaining("no longer has commit"),
    ]);
  });

  it("is fetched over HTTP, asked for at each connection, without redirects", async () => {
    const path = rig.repository("repo", GOOD);
    rig.git(["-C", path, "update-server-info"]);
    const { server, url } = await served(rig.folder);
    try {
      const direct = await rig.ingest(`file://${path}`);
      expect((await rig.ingest(`${url}/repo/.git`)).contentHash).toBe(direct.contentHash);
      expect(new Set(rig.asked)).toEqual(new Set([new URL(url).host]));
      expect((await rig.refusalOf(`${url}/moved`))[0]).toBe("unreachable_source");
    } finally {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
    const [code, message] = await rig.refusalOf(`${url}/repo/.git`);
    expect([code, message]).toEqual([
      "unreachable_source",
      expect.stringContaining("is the address right, and is the server up?"),
    ]);
  });

  it("is refused before git runs where the connection may not go out, and git ends when outbound stops", async () => {
    const egress = new Egress({ clock: new ManualClock(), allowed: [], notify: () => {} });
    await expect(
      resolveSource("https://git.example/a.git", { admit: egress.admit }),
    ).rejects.toMatchObject({
      code: "outbound_refused",
      message: expect.stringContaining("git.example is not on the list"),
    });
    const server = createServer(() => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/a.git`;
    const stopping: AdmitOutbound = async () => ({
      addresses: [],
      onStop: (end) => {
        server.once("connection", () => end());
        return () => {};
      },
    });
    await expect(resolveSource(url, { admit: stopping })).rejects.toMatchObject({
      code: "outbound_refused",
    });
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
});

describe("what no checkout may hold is refused, by name", () => {
  it.each<
    readonly [
      what: string,
      files: readonly (readonly [string, string, string])[],
      code: string,
      message: string,
    ]
  >([
    [
      "a submodule",
      [["160000", "vendor/lib", "1".repeat(40)]],
      "submodule",
      `vendor/lib is a submodule (commit ${"1".repeat(40)})`,
    ],
    [
      "a link out",
      [["120000", "a/b", "../../etc/passwd"]],
      "link_leads_out",
      'the link a/b → "../../etc/passwd" leads out of the source',
    ],
    [
      "a control character",
      [["100644", "a\nb", "x"]],
      "bad_path",
      'the path "a\\nb" has a control character',
    ],
  ])("%s", async (_what, files, code, message) => {
    rig.repository("repo", commitOf(files));
    expect(await rig.refusalOf("repo")).toEqual([code, expect.stringContaining(message)]);
  });

  it("a path into .git, which no sound git makes", async () => {
    const path = rig.repository("repo", GOOD);
    const blob = rig.git(["-C", path, "hash-object", "-w", "--stdin"], "x");
    const inner = rig.git(["-C", path, "mktree"], `100644 blob ${blob}\tconfig\n`);
    const tree = rig.git(["-C", path, "mktree"], `040000 tree ${inner}\t.GIT\n`);
    const commit = rig.git([
      "-C",
      path,
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.org",
      "commit-tree",
      "-m",
      "m",
      tree,
    ]);
    rig.git(["-C", path, "update-ref", "refs/heads/main", commit]);
    expect(await rig.refusalOf("repo")).toEqual([
      "bad_path",
      expect.stringContaining("leads into a folder of git"),
    ]);
  });

  it(`a file more than ${FILES} files; so many are ingested`, async () => {
    const many = Array.from({ length: FILES }, (_, place): [string, string, string] => [
      "100644",
      `f/${place % 100}/${place}.txt`,
      String(place % 50),
    ]);
    rig.repository("repo", commitOf(many));
    const bounds = { ...INGEST_BOUNDS, filesMax: FILES };
    expect((await rig.ingest("repo", bounds)).files).toBe(FILES);
    expect(await rig.refusalOf("repo", { ...bounds, filesMax: FILES - 1 })).toEqual([
      "too_many_files",
      expect.stringContaining(`more than ${FILES - 1} files`),
    ]);
  });

  it("too many files, before any of them is read", async () => {
    rig.repository("repo", GOOD);
    expect(await rig.refusalOf("repo", { ...INGEST_BOUNDS, filesMax: 5 })).toEqual([
      "too_many_files",
      expect.stringContaining("more than 5 files"),
    ]);
  });

  it.each([
    ["", "bad_source", '"" is no source'],
    ["--upload-pack=touch /x", "bad_source", "is no source"],
    ["nowhere", "bad_source", "nowhere is not there"],
    ["ext::sh -c touch", "bad_source", "is not there"],
    ["ftp://host/a", "bad_source", "the scheme ftp: is not fetched"],
    ["https://user:word@host/a", "bad_source", "holds credentials"], // allow-secret
    ["https://token@host/a", "bad_source", "holds credentials"],
    ["repo#a..b", "bad_source", '"a..b" behind the # is no branch, tag or commit'],
    ["https://", "bad_source", "is no URL"],
  ])("source %j", async (source, code, message) => {
    expect(await rig.refusalOf(source)).toEqual([code, expect.stringContaining(message)]);
  });

  it("a repository without commits", async () => {
    rig.git(["init", "--quiet", rig.path("repo")]);
    expect(await rig.refusalOf("repo")).toEqual([
      "bad_source",
      expect.stringContaining("has no commits yet"),
    ]);
  });
});

describe("secrets in content", () => {
  it("are stored nowhere: the file is withheld, or stored without them", async () => {
    const assigned = ["API_", "KEY=", "q7Xb2Lr9Tz4Wn8Kc5Vp1"].join("");
    rig.repository(
      "repo",
      commitOf([
        ["100644", "a.txt", `x\ntoken ${PLANTED}\n`],
        ["100644", "b.txt", `x\ntoken ${PLANTED}\n`],
        ["100644", "c.env", `A=1\n${assigned}\n`],
        ["100644", "d.txt", "clean"],
        ["100644", "large.txt", `${"line of text\n".repeat(400)}${PLANTED}\n`],
        ["100644", "large-clean.txt", "line of text\n".repeat(400)],
      ]),
    );
    const { contentHash, manifest, scan } = await rig.ingest("repo", {
      ...INGEST_BOUNDS,
      bufferedBytesMax: 1_000,
    });
    expect(scan).toMatchObject({ verdict: "deny", count: 4 });
    expect(manifest.withheld.map(({ path }) => path)).toEqual(["a.txt", "b.txt", "large.txt"]);
    expect(manifest.withheld.map(({ findings }) => findings[0])).toEqual(
      [
        ["a.txt", 2],
        ["b.txt", 2],
        ["large.txt", 401],
      ].map(([place, line]) => ({
        rule: "github-token",
        verdict: "deny",
        place,
        line,
        hash: expect.stringMatching(/^salted-/),
      })),
    );
    expect(manifest.files.map(({ path, redactions }) => [path, redactions])).toEqual([
      ["c.env", 1],
      ["d.txt", undefined],
      ["large-clean.txt", undefined],
    ]);
    const env = rig.blobs.read(manifest.files[0]?.hash ?? "");
    expect(Buffer.from(env ?? []).toString()).toBe("A=1\nAPI_KEY=[redacted assigned-secret]\n");
    expect(rig.blobs.has(contentHash)).toBe(true);
    expect(rig.storedWith(PLANTED)).toEqual([]);
    expect(rig.storedWith(assigned)).toEqual([]);
    expect(rig.storedWith("clean").length).toBeGreaterThan(0);
  });
});
