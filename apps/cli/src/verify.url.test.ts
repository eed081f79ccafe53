import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  canonicalize,
  checkpointText,
  formatNote,
  keyIdOf,
  leafHash,
  NOTE_ED25519,
} from "@swoosh/kernel";
import type { PrivateKey } from "@swoosh/server/keys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasher } from "./hasher.ts";
import { LyingServer, type Lie } from "./test/lying-server.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const VERIFIER = join(import.meta.dirname, "../../../tools/verify.mjs");

/** A real server over a data folder of its own. */
async function openRig() {
  const { HttpRig } = await import("../../server/src/http/test/http-rig.ts");
  return HttpRig.open();
}

let rig: Awaited<ReturnType<typeof openRig>>;
let nodeKey: PrivateKey;
/** Nobody's. */
let other: PrivateKey;
let records: readonly string[];
beforeAll(async () => {
  const keys = await import("@swoosh/server/keys");
  rig = await openRig();
  for (const name of ["a", "b", "a", "b"]) await rig.flip(name);
  nodeKey = keys.readKeyFile(keys.dataFolder(rig.node.folder).nodeKey);
  other = keys.PrivateKey.generate();
  records = await rig.node.engine.records(0, 1_000);
});
afterAll(() => rig.close());

interface Verdict {
  readonly code: number | null;
  readonly said: string;
}

/** The stranger's verifier on a server. */
async function stranger(url: string, ...pins: readonly string[]): Promise<Verdict> {
  const child = spawn(process.execPath, [VERIFIER, "--url", url, ...pins]);
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, said: (await out) + (await err) };
}

/** Ours on the same. */
async function own(url: string, ...pins: readonly string[]): Promise<Verdict> {
  const { code, err, out } = await runSwoosh(["verify", "--url", url, "--signatures", ...pins]);
  return { code, said: out + err };
}

type Fields = Record<string, unknown>;

/** The journal with something else for these lines; what is cut stays cut, from wherever it is asked. */
const journal =
  (change: (line: string, index: number) => readonly string[]): Lie =>
  (path, honest) => {
    if (!path.startsWith("/journal?")) return honest;
    const from = Number(new URL(path, "http://x").searchParams.get("from"));
    const lines = honest.split("\n").filter((line) => line !== "");
    return lines.flatMap((line, at) => change(line, from + at).map((one) => `${one}\n`)).join("");
  };

/** One record changed, and nothing else. */
const changed = (index: () => number, change: (record: Fields) => Fields): Lie =>
  journal((line, at) =>
    at === index() ? [canonicalize(change(JSON.parse(line)) as never)] : [line],
  );

/** One record changed, and, as a forger would, every later one made to follow it. */
function forged(index: () => number, change: (record: Fields) => Fields): Lie {
  let prev = "";
  return journal((line, at) => {
    if (at < index()) return [line];
    const record: Fields = JSON.parse(line);
    const made = canonicalize((at === index() ? change(record) : { ...record, prev }) as never);
    prev = leafHash(hasher, made);
    return [made];
  });
}

/** A checkpoint that says this, signed by this key under that name and key id. */
function checkpoint(
  say: { readonly origin?: string; readonly root?: string },
  signer: () => { readonly key: PrivateKey; readonly idOf: PrivateKey },
): Lie {
  return (path, honest) => {
    if (path !== "/log/checkpoint") return honest;
    const [origin = "", size, root = ""] = honest.split("\n");
    const name = say.origin ?? origin;
    const fields = { origin: name, size: Number(size), extensions: [] };
    const hex = say.root ?? Buffer.from(root, "base64").toString("hex");
    const said = checkpointText({ ...fields, root: hex });
    const { idOf, key } = signer();
    const keyId = keyIdOf(hasher, { key: idOf.publicKey, name, type: NOTE_ED25519 });
    const bytes = key.signBytes(Buffer.from(said));
    return formatNote({ text: said, signatures: [{ name, keyId, bytes }] });
  };
}

/** The hashes of a proof, each with a bit flipped. */
const proof =
  (route: string): Lie =>
  (path, honest) => {
    if (!path.startsWith(route)) return honest;
    const told: { readonly hashes: readonly string[] } = JSON.parse(honest);
    const hashes = told.hashes.map((hash) => {
      const bytes = Buffer.from(hash, "base64");
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes.toString("base64");
    });
    return JSON.stringify({ ...told, hashes });
  };

const byNode = () => ({ key: nodeKey, idOf: nodeKey });
/** The first record about a switch: before it stand genesis and the charts. */
const first = (): number => records.findIndex((line) => line.includes('"Switch_Flip"'));
const last = (): number => records.length - 1;
const at = (index: () => number) => () => `record ${index()}: `;

/** What a verifier must say before it ends with 1; null where it never asks for what is a lie here. */
type Expected = (() => string) | null;

describe("a server that tells the truth", () => {
  it("is sound to both verifiers, with the same root", async () => {
    const liar = await LyingServer.before(rig.server.url, (_path, honest) => honest);
    const pins = [
      ...["--origin-key", nodeKey.identity],
      ...["--leaf0", leafHash(hasher, records[0] ?? "")],
    ];
    const [theirs, ours] = await Promise.all([stranger(liar.url, ...pins), own(liar.url, ...pins)]);
    liar.close();
    expect([theirs.code, ours.code]).toEqual([0, 0]);
    const root = /^root +([0-9a-f]{64})$/mu;
    expect(root.exec(theirs.said)?.[1]).toBe(root.exec(ours.said)?.[1]);
    for (const { said } of [theirs, ours]) expect(said).toContain("\norigin pinned\n");
  });
});

describe("a server of another log than the one that was pinned", () => {
  it.each([
    ["by its key", "--origin-key", () => other.identity],
    ["by its first record", "--leaf0", () => "1".repeat(64)],
  ])("is refused by both verifiers, %s", async (_name, flag, pinOf) => {
    const pin = pinOf();
    const url = rig.server.url;
    const [theirs, ours] = await Promise.all([stranger(url, flag, pin), own(url, flag, pin)]);
    expect([theirs.code, ours.code]).toEqual([1, 1]);
    for (const { said } of [theirs, ours]) expect(said).toMatch(new RegExp(`^not .*${pin}`, "u"));
  });
});

describe("a server that lies", () => {
  it.each<readonly [name: string, lie: Lie, theirs: Expected, ours: Expected]>([
    [
      "signs the checkpoint with another key",
      checkpoint({}, () => ({ key: other, idOf: other })),
      () => "the checkpoint is not signed by the node's key",
      () => "the checkpoint: ",
    ],
    [
      "puts the node's name under another key's signature",
      checkpoint({}, () => ({ key: other, idOf: nodeKey })),
      () => "the checkpoint is not signed by the node's key",
      () => "the checkpoint: ",
    ],
    [
      "has the node sign another root",
      checkpoint({ root: "ab".repeat(32) }, byNode),
      () => `the checkpoint's root is not that of the ${records.length} records`,
      () => "the log is forked",
    ],
    [
      "has the node sign for another log",
      checkpoint({ origin: `other/${"0".repeat(32)}` }, byNode),
      () => `the checkpoint is of other/`,
      () => "the checkpoint: ",
    ],
    [
      "proves record 0 by other hashes",
      proof("/log/proof?"),
      () => "the proof of record 0 does not hold",
      null,
    ],
    [
      "proves that the log goes on by other hashes",
      proof("/log/consistency?"),
      () => "the proof that the tree of 3 records goes on does not hold",
      null,
    ],
    [
      "keeps the last record back, and proves that the rest goes on by other hashes",
      (path, honest) =>
        journal((line, index) => (index === last() ? [] : [line]))(
          path,
          proof("/log/consistency?")(path, honest),
        ),
      null,
      () => "the log is forked",
    ],
    [
      "changes what a record says",
      changed(first, (record) => ({ ...record, post: `sha256-${"1".repeat(64)}` })),
      at(() => first() + 1),
      at(first),
    ],
    [
      "changes the inputs of a record, and all that follow",
      forged(first, (record) => ({ ...record, inputs: { evil: true } })),
      at(first),
      at(first),
    ],
    [
      "has a record follow another",
      changed(first, (record) => ({ ...record, prev: "1".repeat(64) })),
      at(first),
      at(first),
    ],
    [
      "keeps a record back",
      journal((line, index) => (index === first() ? [] : [line])),
      at(first),
      at(first),
    ],
    [
      "tells a record twice",
      journal((line, index) => (index === first() ? [line, line] : [line])),
      at(() => first() + 1),
      at(() => first() + 1),
    ],
    [
      "has another text under the hash of a chart",
      (path, honest) => (path.startsWith("/evidence/") ? `${honest} ` : honest),
      null,
      at(() => 0),
    ],
  ])("%s", async (_name, lie, expectedTheirs, expectedOurs) => {
    const liar = await LyingServer.before(rig.server.url, lie);
    const [theirs, ours] = await Promise.all([
      expectedTheirs === null ? null : stranger(liar.url),
      expectedOurs === null ? null : own(liar.url),
    ]);
    liar.close();
    if (expectedTheirs !== null) {
      expect(theirs).toEqual({ code: 1, said: expect.stringContaining(expectedTheirs()) });
      expect(theirs?.said).toMatch(/^not sound: /u);
    }
    if (expectedOurs !== null) {
      expect(ours).toEqual({ code: 1, said: expect.stringContaining(expectedOurs()) });
      expect(ours?.said).toMatch(/^not sound: /u);
    }
  });
});
