import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Bundle } from "./failure-bundle.ts";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
const DOOR = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;

/** Kinds of failure; `n` makes each its own. */
const KINDS: readonly ((n: number) => string)[] = [
  (n) =>
    `echo "Error: broken ${"abcdefghij"[n % 10] ?? ""} ${"klmnopqrst"[Math.floor(n / 11)] ?? ""}"; exit 3`,
  () => "sleep 30",
  () => "kill -9 $$",
  () => "head -c 4096 /dev/urandom; exit 1",
  // A gibibyte once, where there is time for it: the same code, for the output goes through in pieces.
  (n) => `head -c ${isSoak && n < 11 ? 1_073_741_824 : 3_000_000} /dev/zero | tr '\\\\0' x; exit 1`,
  () => "printf '\\\\000\\\\001\\\\377'; exit 1",
  () => "no-such-command-here",
  () => "echo 'not ok'; echo '<testsuite'; exit 0",
  () => "echo '```'; echo '### Not a heading'; exit 1",
  () => "(sleep 60 &) ; exit 4",
  () => "echo x > /dev/full",
];

const criterion = (n: number): string => {
  const run = KINDS[n % KINDS.length]?.(n) ?? "false";
  const report = n % KINDS.length === 7 ? ", report: tap" : "";
  return `      - { id: c${n}, title: "Criterion ${n}", parallel: true, severity: P2, check: { run: ${JSON.stringify(run).replaceAll("\\\\\\\\", "\\\\")}, timeout: ${n % KINDS.length === 1 ? "300ms" : "10m"}${report} }, negative: "false" }\n`;
};

function failing(count: number): GatesRepository {
  const repo = repository();
  const levels = Array.from({ length: Math.ceil(count / 20) }, (_, level) => {
    const ids = Array.from(
      { length: Math.min(20, count - level * 20) },
      (_item, at) => level * 20 + at,
    );
    return `  - level: ${level}\n    name: Level ${level}\n    criteria:\n${ids.map(criterion).join("")}`;
  });
  repo.write("gates/maturity.yaml", `ladder: bad\nparallel: 8\nlevels:\n${levels.join("")}`);
  repo.commit("one");
  return repo;
}

const documents = (repo: GatesRepository): Readonly<Record<string, string>> =>
  Object.fromEntries(repo.living(/\.md$/).map((name) => [name, repo.read(`docs/living/${name}`)]));
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** Every failure has one issue, one bundle, one pitfall, and one entry: its own, or the one that it is known as. */
function expectOneOfEach(repo: GatesRepository, failures: number): void {
  const issues = repo.living(/^ISSUE-2/).map((name) => repo.read(`docs/living/${name}`));
  expect(issues.length).toBe(failures);
  expect(repo.bundles().length).toBe(failures);
  const notes = repo.read("docs/living/REPLICATION-NOTES.md");
  expect(count(notes, /^- \*\*Criterion \d+ \(c\d+\)\*\*/gm)).toBe(failures);
  const troubles = repo.read("docs/living/TROUBLESHOOTING.md");
  const keys = [...troubles.matchAll(/key:([0-9a-f]{16})/g)].map(([key]) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const issue of issues) {
    const [, said = "", title] =
      /^- \[x\] TROUBLESHOOTING\.md: (entry added|known as "(.*)")$/m.exec(issue) ?? [];
    const key = /^key: "?([0-9a-f]{16})/m.exec(issue)?.[1] ?? "no key";
    const wanted = title === undefined ? `key:${key}` : `### ${title}`;
    expect(troubles.split(wanted).length - 1, `${said} ${wanted}`).toBe(1);
  }
}

describe("the failure protocol", () => {
  const failures = isSoak ? 100 : KINDS.length;
  it(`leaves exactly one issue, entry, bundle and pitfall for each of ${failures} failures, in the words of its kind, and is idempotent`, async () => {
    const repo = failing(failures);
    expect((await repo.gates("run", "--quiet", "--json")).code).toBe(1);
    expectOneOfEach(repo, failures);
    const causes = (await repo.status()).criteria.map(({ cause }) => cause);
    expect(causes[1]).toBe("no end within 300 ms: stopped");
    expect(causes[2]).toBe("killed by SIGKILL");
    expect(causes[6]).toContain("exit 127: a command was not found");
    expect(causes[7]).toBe("no tap report is in the output");
    expect(causes[9]).toBe("exit 4, 0 was expected");
    const first = documents(repo);
    expect((await repo.gates("run", "--quiet", "--json")).code).toBe(1);
    const again = documents(repo);
    // First the names: a difference there says which failure was taken for another one.
    const added = Object.keys(again).filter((name) => first[name] === undefined);
    expect(added.map((name) => again[name]?.slice(0, 900))).toEqual([]);
    expect(again).toEqual(first);
    expect(repo.bundles().length).toBe(failures);
    expect((await repo.gates("check", "front-matter")).out).toContain("nothing found");
  });

  it("leaves documents consistent when the runner is killed or finds no room, and ends what it had started", async () => {
    const [rounds, criteria] = isSoak ? [20, 10] : [2, 3];
    const repo = failing(criteria);
    // A limit on the size of files is as a full disk to who writes.
    const full = `ulimit -f 16; exec '${process.execPath}' '${DOOR}' gates run --repo '${repo.root}'`;
    const refused = spawnSync("/bin/sh", ["-c", full], { encoding: "utf8" });
    expect({ code: refused.status, err: refused.stderr }).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/^swoosh: the disk failed \(EFBIG\)[^\n]*\n$/);
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(process.execPath, [DOOR, "gates", "run", "--repo", repo.root], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      let lines = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        lines += chunk.toString("utf8").split("\n").length - 1;
        if (lines > round * 3) child.kill("SIGKILL");
      });
      await once(child, "exit");
      for (const text of Object.values(documents(repo))) expect(text).not.toContain(".part");
    }
    expect((await repo.gates("run", "--quiet", "--json")).code).toBe(1);
    expectOneOfEach(repo, criteria);
    expect((await repo.gates("check", "front-matter")).code).toBe(0);
  });

  // What people wrote before, longer than a segment of the log (1 MiB from the start): so that the disk is full for each document once.
  const WRITTEN = {
    "TROUBLESHOOTING.md": "A line of a person.\n".repeat(75_000),
    "REPLICATION-NOTES.md": "A word of a person.\n".repeat(120_000),
  };
  const LIMITS = [16, 384, 2_048, 3_600, 8_192];
  it.runIf(isSoak)(
    "loses nothing and doubles nothing, for whichever file the disk is full",
    async () => {
      const full = new Set<string>();
      for (const blocks of LIMITS) {
        const repo = failing(6);
        for (const [name, text] of Object.entries(WRITTEN))
          repo.write(`docs/living/${name}`, `---\ntitle: "T"\n---\n\n${text}`);
        repo.commit("written");
        const limited = `ulimit -f ${blocks}; exec '${process.execPath}' '${DOOR}' gates run --repo '${repo.root}'`;
        const { status, stderr } = spawnSync("/bin/sh", ["-c", limited], { encoding: "utf8" });
        if (status === 3) {
          expect(stderr).toMatch(/^swoosh: [^\n]*EFBIG[^\n]*\n$/);
          const [issues, bundles] = [repo.living(/^ISSUE-2/).length, repo.bundles().length];
          const hasTrouble = repo.read("docs/living/TROUBLESHOOTING.md").includes("key:");
          full.add(
            bundles === 0 ? "log or bytes" : issues < bundles && hasTrouble ? "notes" : "troubles",
          );
        } else {
          expect(status, stderr).toBe(1);
          full.add("nothing");
        }
        const files = readdirSync(repo.root, { recursive: true, encoding: "utf8" });
        expect(files.filter((path) => path.endsWith(".part"))).toEqual([]);
        const again = await repo.gates("run", "--quiet", "--json");
        expect(again.code, again.err).toBe(1);
        expectOneOfEach(repo, 6);
        for (const [name, text] of Object.entries(WRITTEN))
          expect(repo.read(`docs/living/${name}`).includes(text), name).toBe(true);
      }
      expect([...full].toSorted()).toEqual(["log or bytes", "notes", "nothing", "troubles"]);
    },
  );

  it("tries a known fix once, for P2 and P3 alone, and goes on where it worked", async () => {
    const repo = repository();
    const ladder = (severity: string): string =>
      `ladder: fix\nlevels:\n  - level: 0\n    name: A\n    criteria:\n      - { id: cache, title: Cache, severity: ${severity}, check: { run: "test -f cache || { echo Error: the cache is cold; exit 1; }" }, negative: "false" }\n`;
    repo.write("gates/maturity.yaml", ladder("P1"));
    repo.write(
      "docs/living/TROUBLESHOOTING.md",
      '---\ntitle: "T"\n---\n\n### Cold cache\n**Context**: c\n**Symptom**: s\n**Error Snippet**:\n```\nError: the cache is cold\n```\n**Probable Cause**: p\n**Quick Fix**: warm it\n**Permanent Fix**: f\n**Prevention**: p\n**Tags**: t\nfix: { run: "touch cache", verify: "test -f cache" }\n',
    );
    repo.commit("one");
    const first = await repo.gates("run");
    expect(first.code).toBe(1);
    expect(first.out).toContain('known as "Cold cache": warm it');
    expect(repo.has("cache")).toBe(false);
    repo.write("gates/maturity.yaml", ladder("P2"));
    const second = await repo.gates("run");
    expect(second.out).toContain("the known fix worked");
    expect(second.code).toBe(0);
    expect(repo.has("cache")).toBe(true);
  });

  it("redacts secrets of the environment and of the output everywhere", async () => {
    const repo = repository();
    const secret = ["s3cr3t", "V4lue", "9Xq"].join("-");
    process.env["GATES_TEST_TOKEN"] = secret;
    try {
      repo.write(
        "gates/maturity.yaml",
        'ladder: s\nlevels:\n  - level: 0\n    name: A\n    criteria:\n      - { id: leak, title: Leak, check: { run: "echo Error: $GATES_TEST_TOKEN; exit 1" }, negative: "false" }\n',
      );
      repo.commit(`one with ${secret}`);
      const run = await repo.gates("run");
      const explained = await repo.gates("explain", "leak", "--json");
      for (const text of [run.out, run.err, explained.out, ...Object.values(documents(repo))])
        expect(text).not.toContain(secret);
      expect(explained.out).toContain("[redacted]");

      const [name = ""] = repo.bundles();
      const bundle: Bundle = JSON.parse(repo.read(`.swoosh/gates/bundles/${name}`));
      const files = Object.fromEntries(
        bundle.files.map(([file, hash]) => [file, repo.stored(hash)] as const),
      );
      expect(files).toEqual({
        "output.txt": "Error: [redacted]\n",
        "negative.txt": "",
        "tests.json": "null",
        "process-snapshot.txt": expect.stringMatching(/PID.*COMMAND[^]*\n +\d+ /),
        "disk-usage.txt": expect.stringMatching(/^Filesystem[^]*%/),
        "memory-usage.txt": expect.stringMatching(/MemTotal|Pages free|vm_stat/),
        "git-context.txt": expect.stringMatching(/^[0-9a-f]{7,} one with \[redacted\]\n?$/),
        "git-status.txt": "",
        "environment.txt": expect.stringMatching(/^Platform: .*\n[^]*Node: \d/m),
      });
      expect(JSON.parse(repo.stored(bundle.hash))).toMatchObject({
        kind: "failure-bundle",
        files: Object.fromEntries(bundle.files),
        evidence: (await repo.status()).criteria[0]?.evidence,
      });
      // Nor in anything else that was stored, nor in the log.
      const folder = join(repo.root, ".swoosh", "gates");
      const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
        statSync(join(folder, path)).isFile(),
      );
      expect(kept.filter((path) => readFileSync(join(folder, path)).includes(secret))).toEqual([]);
    } finally {
      delete process.env["GATES_TEST_TOKEN"];
    }
  });
});

describe("a halt", () => {
  const FLOW = `lifecycle: flow\nstages:\n  - stage: build\n    gates: [ { id: compiles, run: "test -f ok.txt" } ]\n  - stage: validate\n    gates: [ { id: unit, run: "true" } ]\nnotify: { command: "echo $SWOOSH_MESSAGE >> told.txt" }\n`;
  it("stops stages until a person's signed resume; the runner's key is refused", async () => {
    const repo = repository();
    repo.write("gates/lifecycle.yaml", FLOW);
    repo.commit("one");
    expect((await repo.gates("run", "--stage", "build")).code).toBe(1);
    const halted = await repo.gates("run", "--stage", "build");
    expect(halted.code).toBe(1);
    expect(halted.err).toContain("halted (P1)");
    const own = `${repo.root}/.swoosh/gates/keys/ci.pem`;
    const refused = await repo.gates("resume", "--reason", "x", "--key", own);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("the runner's own key may not");
    repo.write("ok.txt", "x");
    expect((await repo.gates("resume", "--reason", "mended")).code).toBe(0);
    expect((await repo.gates("run", "--stage", "build")).code).toBe(0);
  });

  it("goes through the stages one by one to the next iteration, with people where they are asked", async () => {
    const repo = repository();
    repo.write("gates/lifecycle.yaml", FLOW);
    repo.write("ok.txt", "x");
    repo.commit("one");
    expect((await repo.gates("advance", "--stage")).err).toContain("planApproved");
    expect((await repo.gates("advance", "--approve", "plan", "--stage")).code).toBe(0);
    expect((await repo.gates("advance", "--stage")).err).toContain("buildGreen");
    await repo.gates("run", "--stage", "build");
    expect((await repo.gates("advance", "--stage")).code).toBe(0);
    await repo.gates("run", "--stage", "validate");
    expect((await repo.gates("advance", "--stage")).code).toBe(0);
    expect((await repo.gates("advance", "--stage")).err).toContain("reviewApproved");
    expect((await repo.gates("advance", "--approve", "review", "--stage")).code).toBe(0);
    expect((await repo.gates("advance", "--stage")).out).toContain("plan of the next iteration");
  });

  it("of P0 stops everything, tells people and records that it did", async () => {
    const repo = repository();
    repo.write("gates/lifecycle.yaml", FLOW);
    repo.write(
      "gates/maturity.yaml",
      'ladder: l\nlevels:\n  - level: 0\n    name: A\n    criteria:\n      - { id: a, title: A, check: "true", negative: "false" }\n',
    );
    repo.commit("one");
    expect((await repo.gates("halt", "--severity", "P0", "--reason", "the log is odd")).code).toBe(
      0,
    );
    expect(repo.read("told.txt")).toContain("the log is odd");
    expect(repo.read(".swoosh/gates/deliveries.jsonl")).toContain('"ok":true');
    expect((await repo.gates("run")).code).toBe(1);
    expect((await repo.gates("watch", "--once")).code).toBe(1);
    expect((await repo.status()).halted).toMatchObject({ severity: "P0" });
  });
});
