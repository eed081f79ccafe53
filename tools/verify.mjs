#!/usr/bin/env node
// Checks a Swoosh log without any of Swoosh's code: what you need is this file, Node 20 or later, and the log.
//
//   node verify.mjs --data FOLDER          the data folder of a server, running or not
//   node verify.mjs --log FILE             records as NDJSON, one a line ("-" reads standard input)
//   node verify.mjs --url URL              a running server: its journal, checkpoint and proofs
//   --node-key hmmm:pubkey:…  --leaf0 HEX  pins, as `swoosh init` printed them; without both the log is only consistent with itself
//
// What is checked, in the order of the code below: the bytes of the journal's files (CRC-32C), every record's canonical form
// (RFC 8785), the chain of leaf hashes and the Merkle tree (RFC 6962), the hash of the inputs, every Ed25519 signature over
// the DSSE encoding, the chain of state hashes of each instance, that no idempotency key stands for two records, the signed
// checkpoint (C2SP) and its proofs. What is NOT checked here: whether each decision was right. `swoosh verify` replays that.
//
// Exit code: 0 sound, 1 something is wrong (the first bad record is named), 2 usage, 3 cannot read.
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** Something in the log is not as it must be. */
class Unsound extends Error {}
const must = (holds, claim) => {
  if (!holds) throw new Unsound(claim);
};

// ── Hashes and canonical JSON ────────────────────────────────────────────────────────────────────────────────────────────

const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 8785 for what a log may hold: keys sorted by UTF-16 units, integers, no floats. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") {
    must(typeof value !== "number" || Number.isSafeInteger(value), `${value} is no safe integer`);
    return JSON.stringify(value);
  }
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

const valueHash = (value) => `sha256-${sha256(canonical(value)).toString("hex")}`;
const leafHash = (text) => sha256(Buffer.of(0), text);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** RFC 6962 §2.1, record by record: `stack` holds the roots of whole subtrees, largest first. */
class Tree {
  size = 0;
  stack = [];
  add(leaf) {
    let hash = leaf;
    for (let size = this.size; size % 2 === 1; size = (size - 1) / 2)
      hash = nodeHash(this.stack.pop(), hash);
    this.stack.push(hash);
    this.size += 1;
  }
  root() {
    if (this.size === 0) return sha256("");
    return this.stack.reduceRight((right, left) => nodeHash(left, right));
  }
}

// ── Signatures ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const keys = new Map();

function publicKeyOf(identity) {
  const raw = Buffer.from(String(identity).slice("hmmm:pubkey:".length), "base64url");
  must(
    String(identity).startsWith("hmmm:pubkey:") && raw.length === 32,
    `${identity} is no identity`,
  );
  if (!keys.has(identity))
    keys.set(
      identity,
      createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" }),
    );
  return keys.get(identity);
}

/** DSSE's pre-authentication encoding (DSSE v1.0.0). */
function preAuthenticationEncoding(type, body) {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]);
}

function isSigned(identity, type, body, signature) {
  const bytes = Buffer.from(signature, "base64url");
  return (
    bytes.length === 64 &&
    verifySignature(null, preAuthenticationEncoding(type, body), publicKeyOf(identity), bytes)
  );
}

// ── The log, record by record ────────────────────────────────────────────────────────────────────────────────────────────

const PROPOSAL = "application/vnd.swoosh.proposal.v1+json";
const ABSENT = `sha256-${"0".repeat(64)}`;

class Log {
  tree = new Tree();
  origin = "";
  node = "";
  leaf0 = "";
  signatures = 0;
  redacted = 0;
  #prev = "0".repeat(64);
  #at = 0;
  #keys = new Set();
  /** instance → [hash after its last record, its number]. */
  #heads = new Map();

  add(text) {
    must(Buffer.byteLength(text) <= 65_535, "the record is longer than 65,535 bytes");
    let record;
    try {
      record = JSON.parse(text);
    } catch {
      throw new Unsound("it is no JSON");
    }
    must(canonical(record) === text, "its bytes are not the canonical form");
    must(record.v === 1 && record.index === this.tree.size, `it says it is record ${record.index}`);
    must(
      record.prev === this.#prev,
      `it does not follow the record before it: prev is ${record.prev}, not ${this.#prev}`,
    );
    must(record.at >= this.#at, `its time ${record.at} lies before ${this.#at}`);
    if (record.index === 0) this.#begin(record);
    this.#signature(record);
    this.#instances(record);
    const { idem_key: key } = record.proposal;
    must(!this.#keys.has(key), `its idempotency key ${key} stands for an earlier record already`);
    this.#keys.add(key);
    const leaf = leafHash(text);
    this.#prev = leaf.toString("hex");
    if (record.index === 0) this.leaf0 = this.#prev;
    this.#at = record.at;
    this.tree.add(leaf);
  }

  #begin({ inputs, proposal }) {
    must(proposal.transition === "@genesis", "record 0 is no @genesis");
    this.origin = proposal.origin;
    this.node = inputs.node;
  }

  #signature({ inputs, inputs_ref: reference, proposal, signature }) {
    must(proposal.origin === this.origin, `it is signed for another log, ${proposal.origin}`);
    if (reference === undefined)
      must(
        valueHash(inputs) === proposal.inputs_hash,
        "its inputs do not have the hash that was signed",
      );
    else this.redacted += 1;
    if (proposal.transition.startsWith("@"))
      must(
        proposal.signer === this.node,
        `an engine's record is signed by ${proposal.signer}, not by the node`,
      );
    const holds = isSigned(proposal.signer, PROPOSAL, canonical(proposal), signature);
    must(holds, `the signature is not ${proposal.signer}'s over this proposal`);
    this.signatures += 1;
  }

  #instances(record) {
    const name = record.proposal.instance ?? "project/default";
    const parts = record.parts.map(({ instance, post, pre, seq }) => ({
      instance,
      post,
      pre,
      seq,
    }));
    // The journal and the charts are no instances: they have no document.
    const own = /^(journal|chart)\//.test(name)
      ? []
      : [{ instance: name, post: record.post, pre: record.pre, seq: record.seq }];
    for (const { instance, post, pre, seq } of [...own, ...parts]) {
      const [hash, number] = this.#heads.get(instance) ?? [ABSENT, 0];
      must(pre === hash, `${instance} was ${hash} before; the record says ${pre}`);
      must(seq === number + 1, `it is number ${seq} of ${instance}, after ${number}`);
      this.#heads.set(instance, [post, seq]);
    }
  }
}

// ── Records from files ───────────────────────────────────────────────────────────────────────────────────────────────────

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
const crc32c = (...parts) => {
  let crc = 0xffffffff;
  for (const bytes of parts) for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};

/**
 * A segment: 76 bytes of header (magic SWSG, format, cluster, node, first index, generation, CRC), then batches of 40 bytes
 * (magic FF 73 77 FE, bytes, count, first index, durable, term, CRC) and frames (length, CRC, record, 0A), then zeros.
 */
function* recordsOfSegment(path, isLast) {
  const bytes = readFileSync(path);
  const at = (offset, claim) => `${path}, offset ${offset}: ${claim}`;
  must(bytes.subarray(0, 4).toString("latin1") === "SWSG", at(0, "it is no segment"));
  must(
    bytes.readUInt32LE(72) === crc32c(bytes.subarray(0, 72)),
    at(72, "the header's checksum is wrong"),
  );
  let offset = 76;
  while (offset + 40 <= bytes.length && bytes.readUInt32LE(offset) === 0xfe7773ff) {
    const header = bytes.subarray(offset, offset + 40);
    const end = offset + 40 + header.readUInt32LE(4);
    const isWhole =
      header.readUInt32LE(36) === crc32c(header.subarray(0, 36)) && end <= bytes.length;
    if (isLast && !isWhole) return; // a batch that was being written when the power failed was never acknowledged
    must(isWhole, at(offset, "a batch's checksum is wrong"));
    const records = [];
    for (let frame = offset + 40; frame < end; frame += 9 + bytes.readUInt32LE(frame)) {
      const body = bytes.subarray(frame + 8, frame + 8 + bytes.readUInt32LE(frame));
      const isGood =
        bytes.readUInt32LE(frame + 4) === crc32c(bytes.subarray(frame, frame + 4), body);
      if (isLast && !isGood && isZeroAfter(bytes, end)) return; // torn likewise
      must(isGood, at(frame, "a record's checksum is wrong"));
      records.push(body.toString("utf8"));
    }
    must(
      records.length === header.readUInt32LE(8),
      at(offset, "the batch does not hold as many records as it says"),
    );
    yield* records;
    offset = end;
  }
  must(
    isLast || isZeroAfter(bytes, offset),
    at(offset, "the segment goes on with what is no batch"),
  );
}

const isZeroAfter = (bytes, offset) => bytes.subarray(offset).every((byte) => byte === 0);

function* recordsOfFolder(folder) {
  const log = join(existsSync(join(folder, "journal")) ? join(folder, "journal") : folder, "log");
  const names = readdirSync(log)
    .filter((name) => name.endsWith(".wal"))
    .sort();
  for (const [place, name] of names.entries())
    yield* recordsOfSegment(join(log, name), place === names.length - 1);
}

const linesOf = (text) => text.split("\n").filter((line) => line !== "");

// ── A running server: journal, checkpoint, proofs ────────────────────────────────────────────────────────────────────────

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer.text();
}

async function* recordsOfServer(url, size) {
  for (let from = 0; from < size;) {
    const lines = linesOf(
      await get(`${url}/journal?from=${from}&limit=${Math.min(1_000, size - from)}`),
    );
    if (lines.length === 0) throw new Error(`${url} gives no records from ${from} on`);
    yield* lines;
    from += lines.length;
  }
}

/** C2SP signed note: origin, size, root in base64, an empty line, `— origin base64(4 bytes key id ‖ 64 bytes)`. */
function checkpointOf(note, node) {
  const [text, signatures] = [
    note.slice(0, note.indexOf("\n\n") + 1),
    note.slice(note.indexOf("\n\n") + 2),
  ];
  const [origin, size, root] = text.split("\n");
  const raw = Buffer.from(node.slice("hmmm:pubkey:".length), "base64url");
  const keyId = sha256(`${origin}\n`, Buffer.of(1), raw).subarray(0, 4);
  const isByNode = linesOf(signatures).some((line) => {
    const bytes = Buffer.from(line.split(" ").at(-1), "base64");
    return (
      bytes.subarray(0, 4).equals(keyId) &&
      verifySignature(null, Buffer.from(text), publicKeyOf(node), bytes.subarray(4))
    );
  });
  must(isByNode, "the checkpoint is not signed by the node's key");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** RFC 9162 §2.1.3.2: does the proof lead from this leaf to this root? */
function isIncluded({ index, leaf, proof, root, size }) {
  let [place, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

async function checkServer(log, url, checkpoint) {
  must(
    checkpoint.origin === log.origin,
    `the checkpoint is of ${checkpoint.origin}, the log of ${log.origin}`,
  );
  must(
    checkpoint.root.equals(log.tree.root()),
    `the checkpoint's root is not that of the ${log.tree.size} records`,
  );
  const { hashes } = JSON.parse(await get(`${url}/log/proof?index=0&size=${checkpoint.size}`));
  const proof = hashes.map((hash) => Buffer.from(hash, "base64"));
  const leaf = Buffer.from(log.leaf0, "hex");
  must(
    isIncluded({ index: 0, leaf, proof, root: checkpoint.root, size: checkpoint.size }),
    "the proof of record 0 does not hold",
  );
}

// ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function optionsOf(argv) {
  const options = {};
  for (let at = 0; at < argv.length; at += 2) {
    const name = /^--(data|log|url|node-key|leaf0)$/.exec(argv[at] ?? "")?.[1];
    if (name === undefined || argv[at + 1] === undefined) return undefined;
    options[name] = argv[at + 1];
  }
  return ["data", "log", "url"].filter((name) => options[name] !== undefined).length === 1
    ? options
    : undefined;
}

async function main(options) {
  const log = new Log();
  const url = options.url?.replace(/\/$/, "");
  const note = url === undefined ? undefined : await get(`${url}/log/checkpoint`);
  const records =
    url !== undefined
      ? recordsOfServer(url, Number(note.split("\n")[1]))
      : options.data !== undefined
        ? recordsOfFolder(options.data)
        : linesOf(readFileSync(options.log === "-" ? 0 : options.log, "utf8"));
  try {
    for await (const text of records) log.add(text);
  } catch (error) {
    if (error instanceof Unsound) error.message = `record ${log.tree.size}: ${error.message}`;
    throw error;
  }
  must(log.tree.size > 0, "there are no records");
  if (note !== undefined) await checkServer(log, url, checkpointOf(note, log.node));
  const pins = { "node-key": log.node, leaf0: log.leaf0 };
  for (const [name, found] of Object.entries(pins))
    must(
      (options[name] ?? found) === found,
      `the pin ${name} is ${options[name]}; this log has ${found}`,
    );
  const isPinned = Object.keys(pins).every((name) => options[name] !== undefined);
  const redacted = log.redacted === 0 ? "" : `, inputs of ${log.redacted} redacted`;
  process.stdout.write(
    `${log.tree.size} records, ${log.signatures} signatures${redacted}: sound\n` +
      `origin ${log.origin}\nnode   ${log.node}\nleaf0  ${log.leaf0}\nroot   ${log.tree.root().toString("hex")}\n` +
      (isPinned
        ? "origin pinned\n"
        : "internally consistent, origin not pinned: compare node and leaf0 with what you noted\n"),
  );
}

const options = optionsOf(process.argv.slice(2));
if (options === undefined) {
  process.stderr.write(
    "usage: node verify.mjs (--data FOLDER | --log FILE | --url URL) [--node-key KEY] [--leaf0 HEX]\n",
  );
  process.exitCode = 2;
} else {
  try {
    await main(options);
  } catch (error) {
    process.stderr.write(
      error instanceof Unsound
        ? `not sound: ${error.message}\n`
        : `cannot read: ${error.message}\n`,
    );
    process.exitCode = error instanceof Unsound ? 1 : 3;
  }
}
