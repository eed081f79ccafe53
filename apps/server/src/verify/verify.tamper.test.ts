import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  canonicalize,
  decodeSuperblock,
  encodeSuperblock,
  leafHash,
  SEGMENT_HEADER_BYTES,
} from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { CorruptJournal } from "../journal/corrupt-journal.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { makeSmallLog } from "./test/small-log.ts";
import { recordSignatureHolds } from "./record-signature-holds.ts";
import { verifyFolder } from "./verify-folder.ts";
import { verifyLog } from "./verify-log.ts";

const VERIFIER = join(import.meta.dirname, "../../../../tools/verify.mjs");
const root = mkdtempSync(join(tmpdir(), "swoosh-verify-"));
const folder = join(root, "data");
const kernel = createServerKernel();
let records: readonly string[] = [];

beforeAll(async () => {
  records = await makeSmallLog(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Index of the first record about a flag: before it stand genesis and a record for each shipped chart. */
const first = (): number => records.findIndex((text) => text.includes('"Flag_Set"'));

/** The stranger's verifier on these lines: exit code and first line. */
function stranger(lines: readonly string[]): {
  readonly code: number | null;
  readonly said: string;
} {
  const run = spawnSync(process.execPath, [VERIFIER, "--log", "-"], {
    encoding: "utf8",
    input: `${lines.join("\n")}\n`,
  });
  return { code: run.status, said: (run.stdout + run.stderr).split("\n")[0] ?? "" };
}

const own = (lines: readonly string[]) =>
  verifyLog(lines, {
    kernel,
    chart: async (hash) =>
      readFileSync(join(folder, "journal", "evidence", `${hash}.json`), "utf8"),
    signatureHolds: recordSignatureHolds,
  });

type Fields = Record<string, unknown>;
/** Changes one record and, as a forger would, lets every later one follow the changed leaf. */
function doctored(index: number, change: (record: Fields) => Fields): readonly string[] {
  let prev = "";
  return records.map((text, at) => {
    if (at < index) return text;
    const record: Fields = JSON.parse(text);
    const changed: Fields = at === index ? change(record) : { ...record, prev };
    const line = canonicalize(changed as never);
    prev = leafHash(hasher, line);
    return line;
  });
}

describe("a log that is whole", () => {
  it("is sound to both verifiers, with the same root", async () => {
    const report = await verifyFolder(folder, { signatures: true });
    expect(report).toMatchObject({ ok: true, size: records.length, signatures: records.length });
    const run = spawnSync(process.execPath, [VERIFIER, "--data", folder], { encoding: "utf8" });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain(report.ok ? report.root : "no root");
  });

  it("is another log where a pin says so", () => {
    const key = PrivateKey.generate().identity;
    const run = spawnSync(process.execPath, [VERIFIER, "--data", folder, "--origin-key", key]);
    expect(run.status).toBe(1);
  });
});

describe("a segment that was lost as a file", () => {
  it("is missed by both verifiers, though no record is left that follows it", async () => {
    const lost = join(root, "lost");
    const segment = "0000000000000000.wal";
    cpSync(folder, lost, { recursive: true });
    // As a kill would have left it right after its second segment was begun: nothing but a superblock speaks of that one.
    const path = join(lost, "journal", "superblock-0");
    const newest = [0, 1]
      .flatMap((slot) => {
        const bytes = readFileSync(join(lost, "journal", `superblock-${slot}`));
        const decoded = decodeSuperblock(bytes, slot);
        return decoded.ok ? [decoded.superblock] : [];
      })
      .toSorted((one, other) => other.generation - one.generation)[0];
    if (newest === undefined) throw new Error("no superblock");
    const generation = newest.generation + (newest.generation % 2) + 2;
    const named = { ...newest, generation, segment: records.length };
    writeFileSync(path, encodeSuperblock(named));
    const missing = join(
      lost,
      "journal",
      "log",
      segment.replace(/\d+/u, (digits) => String(records.length).padStart(digits.length, "0")),
    );
    const run = spawnSync(process.execPath, [VERIFIER, "--data", lost], { encoding: "utf8" });
    expect(run.status).toBe(4);
    expect(run.stderr).toContain(`${missing}, offset 0, record ${records.length}: the segment is`);
    await expect(verifyFolder(lost, { signatures: false })).rejects.toMatchObject({
      code: "corrupt",
      file: missing,
      index: records.length,
    });
  });
});

describe("a doctored log is found by both verifiers, at the record", () => {
  const other = PrivateKey.generate();
  it.each<readonly [name: string, lines: () => readonly string[], index: () => number]>([
    ["a record is missing", () => records.filter((_, at) => at !== first()), first],
    [
      "two records are swapped",
      () => [
        ...records.slice(0, first()),
        records[first() + 1] ?? "",
        records[first()] ?? "",
        ...records.slice(first() + 2),
      ],
      first,
    ],
    [
      "a record is there twice",
      () => [...records.slice(0, first() + 1), ...records.slice(first())],
      () => first() + 1,
    ],
    [
      "inputs were changed, the chain made anew",
      () =>
        doctored(first(), (record) => ({
          ...record,
          inputs: { reason: "because", variant: "evil" },
        })),
      first,
    ],
    [
      "a state hash was changed, the chain made anew",
      () => doctored(first(), (record) => ({ ...record, post: `sha256-${"1".repeat(64)}` })),
      first,
    ],
    [
      "a signature was replaced by another key's",
      () => doctored(first(), (record) => ({ ...record, signature: other.sign("x", {}) })),
      first,
    ],
    [
      "a signer was replaced",
      () =>
        doctored(first(), (record) => ({
          ...record,
          proposal: { ...(record["proposal"] as object), signer: other.identity },
        })),
      first,
    ],
    [
      "a signature was moved onto another instance",
      () =>
        doctored(first(), (record) => ({
          ...record,
          proposal: { ...(record["proposal"] as object), instance: "flag/f9" },
        })),
      first,
    ],
    [
      "a key stands for a second record",
      () =>
        doctored(first() + 1, (record) => ({
          ...record,
          proposal: { ...(record["proposal"] as object), idem_key: "t:0:f:0" },
        })),
      () => first() + 1,
    ],
    [
      "the node's own record is signed by another",
      () =>
        doctored(3, (record) => ({
          ...record,
          proposal: { ...(record["proposal"] as object), signer: other.identity },
        })),
      () => 3,
    ],
    [
      "a space stands between key and value",
      () => records.map((text, at) => (at === first() ? text.replace('":', '": ') : text)),
      first,
    ],
    ["time goes back", () => doctored(first(), (record) => ({ ...record, at: 1 })), first],
  ])("%s", async (_name, lines, indexOf) => {
    const index = indexOf();
    const given = lines();
    const found = await own(given);
    expect(found.ok).toBe(false);
    const strangers = stranger(given);
    expect(strangers.code).toBe(1);
    // A changed post is only a broken chain at the instance's next record; replay names the record itself.
    const named = Number(/^not sound: record (\d+):/.exec(strangers.said)?.[1]);
    expect(named).toBeGreaterThanOrEqual(index);
    expect(named).toBeLessThanOrEqual(index + 3);
    expect(found).toMatchObject({ index });
  });
});

describe("a flipped bit in the journal's file", () => {
  it("never passes", async () => {
    const [name = ""] = readdirSync(join(folder, "journal", "log"));
    const path = join(folder, "journal", "log", name);
    const kept = readFileSync(path);
    const length = kept.lastIndexOf(0x0a) + 1;
    // Without most of the zeros behind it: each of many readings reads all of the file.
    const whole = kept.subarray(0, Math.ceil(length / 4_096) * 4_096);
    const step = process.env["SWOOSH_SOAK"] === undefined ? 1_499 : 1;
    for (let at = 0; at < length; at += step) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, damaged);
      const verdict = await verifyFolder(folder, { signatures: true }).catch(
        (error: unknown) => error,
      );
      const isNoticed =
        verdict instanceof CorruptJournal ||
        (typeof verdict === "object" &&
          verdict !== null &&
          "ok" in verdict &&
          verdict.ok === false) ||
        // The last batch may be taken for torn: then it is missing from the report.
        (typeof verdict === "object" &&
          verdict !== null &&
          "size" in verdict &&
          verdict.size !== records.length);
      expect([at, isNoticed]).toEqual([at, true]);
    }
    // The stranger's is a process of its own each time, so it gets the places where it could take damage for a torn end.
    for (const at of [40, 80, Math.trunc(length / 2), length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      const run = spawnSync(process.execPath, [VERIFIER, "--data", folder], { encoding: "utf8" });
      expect([at, run.status, run.stdout]).toEqual([at, 4, ""]);
      // The same file, offset and record that the journal itself would name.
      const own = await verifyFolder(folder, { signatures: false }).catch(
        (error: unknown) => error,
      );
      const said = /^not sound: (?<file>.+), offset (?<offset>\d+), record (?<index>\d+): /.exec(
        run.stderr,
      );
      const { file, index = "", offset = "" } = said?.groups ?? {};
      expect(file).toBe(path);
      expect(Number(offset)).toBeLessThanOrEqual(at);
      // A header that rotted is another journal's to the superblocks.
      if (at < SEGMENT_HEADER_BYTES) continue;
      expect(own).toMatchObject({ code: "corrupt", file: path, index: expect.any(Number) });
      expect(own instanceof CorruptJournal && (own.index ?? -1) >= Number(index)).toBe(true);
    }
    writeFileSync(path, whole);
  });
});
