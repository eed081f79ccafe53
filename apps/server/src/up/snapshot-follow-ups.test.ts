import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFolder } from "../node/data-folder.ts";
import { manifestName } from "./copy-snapshot.ts";
import { SnapshotFollowUps, type FollowUpOptions } from "./snapshot-follow-ups.ts";

let root = "";
let failures: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "swoosh-snapshots-"));
  failures = [];
  for (const name of ["snapshots", "chunks"])
    mkdirSync(join(dataFolder(root).journal, name), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function followUps(options: Partial<FollowUpOptions>): SnapshotFollowUps {
  return new SnapshotFollowUps({
    folder: root,
    copyTo: undefined,
    hook: undefined,
    boundMs: 60_000,
    onFailure: (reason) => failures.push(reason),
    ...options,
  });
}

const hashOf = (name: string): string => `sha256-${name.repeat(64)}`;

/** A snapshot as the journal stores it, of chunks `a`, `b` … */
function store(index: number, ...chunks: readonly string[]): void {
  const { journal } = dataFolder(root);
  for (const name of chunks)
    writeFileSync(join(journal, "chunks", `${hashOf(name)}.json`), `chunk ${name}`);
  const manifest = JSON.stringify({ chunks: chunks.map(hashOf), root: hashOf("f") });
  writeFileSync(join(journal, "snapshots", manifestName(index)), manifest);
}

/** A shell makes the file a moment before it writes to it. */
async function written(file: string): Promise<void> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "")
    await new Promise((resolve) => setImmediate(resolve));
}

async function follow(options: Partial<FollowUpOptions>, ...indexes: readonly number[]) {
  const following = followUps(options);
  for (const index of indexes) {
    following.begin(index);
    await following.whenIdle();
  }
}

describe("snapshot-copy-to", () => {
  it("copies chunks and manifest, and later only what is new", async () => {
    const copyTo = join(root, "far", "away");
    store(4, "a", "b");
    await follow({ copyTo }, 4);
    expect(failures).toEqual([]);
    expect(readdirSync(join(copyTo, "chunks"))).toEqual([
      `${hashOf("a")}.json`,
      `${hashOf("b")}.json`,
    ]);
    expect(readFileSync(join(copyTo, "snapshots", manifestName(4)), "utf8")).toContain(hashOf("a"));
    writeFileSync(join(copyTo, "chunks", `${hashOf("a")}.json`), "chunk A");
    store(9, "a", "c");
    await follow({ copyTo }, 9);
    // Of the same name and length: it was there already, and was not written again.
    expect(readFileSync(join(copyTo, "chunks", `${hashOf("a")}.json`), "utf8")).toBe("chunk A");
    expect(readFileSync(join(copyTo, "chunks", `${hashOf("c")}.json`), "utf8")).toBe("chunk c");
  });

  it("keeps the two newest, and the chunks that they name", async () => {
    const copyTo = join(root, "copies");
    for (const [index, chunk] of [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ] as const) {
      store(index, chunk);
      await follow({ copyTo }, index);
    }
    expect(readdirSync(join(copyTo, "snapshots"))).toEqual([manifestName(2), manifestName(3)]);
    expect(readdirSync(join(copyTo, "chunks"))).toEqual([
      `${hashOf("b")}.json`,
      `${hashOf("c")}.json`,
    ]);
  });

  it("tells a folder that cannot be had, and copies the next snapshot when it can", async () => {
    const copyTo = join(root, "copies");
    writeFileSync(copyTo, "in the way");
    store(1, "a");
    await follow({ copyTo }, 1);
    expect(failures).toEqual([
      expect.stringMatching(
        /^copying the snapshot at 1 to .*copies failed: E.*; it is tried again after/u,
      ),
    ]);
    rmSync(copyTo);
    store(2, "b");
    await follow({ copyTo }, 2);
    expect(readdirSync(join(copyTo, "snapshots"))).toEqual([manifestName(2)]);
    expect(failures).toHaveLength(1);
  });

  it("gives no manifest a name whose chunks are not all there", async () => {
    const copyTo = join(root, "copies");
    mkdirSync(join(copyTo, "chunks", `${hashOf("b")}.json.tmp`), { recursive: true });
    store(1, "a", "b");
    await follow({ copyTo }, 1);
    expect(failures).toHaveLength(1);
    expect(readdirSync(join(copyTo, "snapshots"))).toEqual([]);
  });
});

describe("snapshot-hook", () => {
  it("runs the command with where the snapshot is, after the copy", async () => {
    const copyTo = join(root, "copies");
    const out = join(root, "out");
    store(7, "a");
    const hook = `cat "$SWOOSH_SNAPSHOT_FILE" > ${out}; ls ${copyTo}/snapshots >> ${out}; echo "$SWOOSH_SNAPSHOT_INDEX $SWOOSH_SNAPSHOT_DATA" >> ${out}`;
    await follow({ copyTo, hook }, 7);
    expect(failures).toEqual([]);
    const text = readFileSync(out, "utf8");
    expect(text).toContain(hashOf("a"));
    expect(text).toContain(manifestName(7));
    expect(text).toContain(`7 ${root}`);
  });

  it("tells how one ended that fails, with its last words, and one that is not there; then tries the next", async () => {
    const out = join(root, "out");
    const hook = `echo "$SWOOSH_SNAPSHOT_INDEX" >> ${out}; echo no room >&2; exit 3`;
    await follow({ hook }, 1, 2);
    expect(readFileSync(out, "utf8")).toBe("1\n2\n");
    expect(failures).toEqual([
      "the snapshot hook at 1 failed: it ended with code 3: no room; it is tried again after the next snapshot",
      "the snapshot hook at 2 failed: it ended with code 3: no room; it is tried again after the next snapshot",
    ]);
    await follow({ hook: "/no/such/command --at all" }, 3);
    expect(failures[2]).toMatch(/hook at 3 failed: it ended with code 127: .*\/no\/such\/command/u);
  });

  it("keeps little of one that says much", async () => {
    await follow({ hook: "head -c 3000000 /dev/zero | tr '\\0' x; echo end; exit 1" }, 1);
    expect(failures[0]?.length).toBeLessThan(2_300);
    expect(failures[0]).toContain("end; it is tried again");
  });

  it("ends one that takes too long, with all that it started", async () => {
    const pids = join(root, "pids");
    const hook = `sleep 600 & echo "$$ $!" > ${pids}.new; mv ${pids}.new ${pids}; wait`;
    // On a slow machine the command may be ended before it has said anything: then it gets longer.
    for (let boundMs = 300; !existsSync(pids); boundMs *= 2) await follow({ hook, boundMs }, 1);
    expect(failures.at(-1)).toMatch(/it took longer than \d+ ms and was ended/u);
    const [shell = "", child = ""] = readFileSync(pids, "utf8").trim().split(" ");
    for (const pid of [shell, child])
      while (!["gone", "Z"].includes(stateOf(pid)))
        await new Promise((resolve) => setImmediate(resolve));
    expect([stateOf(shell), stateOf(child)]).not.toContain("S");
  });

  it("makes nobody wait: of those that come meanwhile the newest alone is served", async () => {
    const [out, go] = [join(root, "out"), join(root, "go")];
    const hook = `echo "$SWOOSH_SNAPSHOT_INDEX" >> ${out}; while ! [ -e ${go} ]; do sleep 0.02; done`;
    const following = followUps({ hook });
    following.begin(1);
    await written(out);
    for (const index of [2, 3, 4]) following.begin(index);
    expect(readFileSync(out, "utf8")).toBe("1\n");
    writeFileSync(go, "");
    await following.whenIdle();
    expect(readFileSync(out, "utf8")).toBe("1\n4\n");
    expect(failures).toEqual([]);
  });

  it("is ended when the server stops, and none is begun after that", async () => {
    const out = join(root, "out");
    const following = followUps({ hook: `echo "$SWOOSH_SNAPSHOT_INDEX" >> ${out}; sleep 600` });
    following.begin(1);
    await written(out);
    following.begin(2);
    await following.stop();
    following.begin(3);
    await following.whenIdle();
    expect(readFileSync(out, "utf8")).toBe("1\n");
    expect(failures).toEqual([expect.stringContaining("the server stops")]);
  });
});

/** State of a process by the system's own words. */
function stateOf(pid: string): string {
  try {
    process.kill(Number(pid), 0);
    return /^State:\t(\w)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "gone";
  } catch {
    return "gone";
  }
}
