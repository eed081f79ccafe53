#!/usr/bin/env node
// Checks a Swoosh log without any of Swoosh's code: what you need is this file, Node 20 or later, and the log.
//
//   node verify.mjs --data FOLDER          the data folder of a server, running or not
//   node verify.mjs --log FILE             records as NDJSON, one a line ("-" reads standard input)
//   node verify.mjs --url URL              a running server: its journal, checkpoint and proofs
//   --origin-key hmmm:pubkey:…  --leaf0 HEX  pins, as `swoosh init` printed them; without both the log only agrees with itself
//
// What is checked, in the order of the code below: every record's canonical form (RFC 8785), the chain of leaf hashes and the
// Merkle tree (RFC 6962), the hash of the inputs, every Ed25519 signature over the DSSE encoding, the chain of state hashes of
// each instance, that no idempotency key stands for two records, the bytes of the journal's files (CRC-32C), the signed
// checkpoint (C2SP) and its proofs. What is NOT checked here: whether each decision was right. `swoosh verify` replays that.
//
// Exit code: 0 sound; 1 a record, a proof or a pin is wrong (the first bad record is named); 2 usage; 3 cannot read;
// 4 bytes of a file are damaged (file, offset and the first record that is lost are named).
import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** Something in the log is not as it must be; with a `code` of 4 the bytes themselves. */
class Unsound extends Error {
  code = 1;
}
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
  must(typeof value !== "number" || Number.isSafeInteger(value), `${value} is no safe integer`);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
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
const rawKeyOf = (identity) => Buffer.from(String(identity).slice(12), "base64url");

/** `hmmm:pubkey:` and 32 bytes in base64url. */
function publicKeyOf(identity) {
  const raw = rawKeyOf(identity);
  must(`hmmm:pubkey:${raw.toString("base64url")}` === identity, `${identity} is no identity`);
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: "der", type: "spki" });
}

const hexNumber = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
/** y of the points whose order divides 8: with them a signature can hold for what nobody signed. */
const SMALL_ORDER = [
  0n,
  1n,
  2n ** 255n - 20n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n,
];

/** A canonical point of no small order. (That S < L, OpenSSL checks by itself.) */
function isStrict(point) {
  const y = hexNumber(point) & (2n ** 255n - 1n);
  return y < 2n ** 255n - 19n && !SMALL_ORDER.includes(y);
}

/** DSSE's pre-authentication encoding (DSSE v1.0.0). */
function preAuthenticationEncoding(type, body) {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${bytes.length} `), bytes]);
}

function isSigned(identity, type, body, signature) {
  const bytes = Buffer.from(signature, "base64url");
  const isWhole = bytes.length === 64 && bytes.toString("base64url") === signature;
  if (!isWhole || !isStrict(rawKeyOf(identity)) || !isStrict(bytes.subarray(0, 32))) return false;
  const message = preAuthenticationEncoding(type, body);
  return verifySignature(null, message, publicKeyOf(identity), bytes);
}

// ── The log, record by record ────────────────────────────────────────────────────────────────────────────────────────────

const PROPOSAL = "application/vnd.swoosh.proposal.v1+json";
const ABSENT = `sha256-${"0".repeat(64)}`;

class Log {
  tree = new Tree();
  origin = "";
  node = "";
  leaf0 = "";
  /** A size that is no power of two, and the root there: what a proof of consistency is asked from. */
  middle = [0, sha256("")];
  signatures = 0;
  redacted = 0;
  #prev = "0".repeat(64);
  #at = 0;
  #keys = new Set();
  /** instance → [hash after its last record, its number]. */
  #heads = new Map();

  add(text) {
    must(Buffer.byteLength(text) <= 65_535, "the record is longer than 65,535 bytes");
    const record = parsed(text);
    const { at, index, prev, v } = record;
    must(canonical(record) === text, "its bytes are not the canonical form");
    must(v === 1 && index === this.tree.size, `it says it is record ${index}`);
    must(
      prev === this.#prev,
      `it does not follow the record before it: prev is ${prev}, not ${this.#prev}`,
    );
    must(at >= this.#at, `its time ${at} lies before ${this.#at}`);
    if (index === 0) this.#begin(record);
    this.#signature(record);
    this.#instances(record);
    const { idem_key: key } = record.proposal;
    must(!this.#keys.has(key), `its idempotency key ${key} stands for an earlier record already`);
    this.#keys.add(key);
    const leaf = leafHash(text);
    [this.#prev, this.#at] = [leaf.toString("hex"), at];
    if (index === 0) this.leaf0 = this.#prev;
    this.tree.add(leaf);
    if (this.tree.size === 3) this.middle = [3, this.tree.root()];
  }

  #begin({ inputs, proposal }) {
    must(proposal.transition === "@genesis", "record 0 is no @genesis");
    [this.origin, this.node] = [proposal.origin, inputs.node];
  }

  #signature({ inputs, inputs_ref: reference, proposal, signature }) {
    const { inputs_hash: hash, origin, signer, transition } = proposal;
    must(origin === this.origin, `it is signed for another log, ${origin}`);
    if (reference !== undefined) this.redacted += 1;
    else must(valueHash(inputs) === hash, "its inputs do not have the hash that was signed");
    const isOwn = !transition.startsWith("@") || signer === this.node;
    must(isOwn, `an engine's record is signed by ${signer}, not by the node`);
    const holds = isSigned(signer, PROPOSAL, canonical(proposal), signature);
    must(holds, `the signature is not ${signer}'s over this proposal`);
    this.signatures += 1;
  }

  #instances(record) {
    const instance = record.proposal.instance ?? "project/default";
    // The journal and the charts are no instances: they have no document.
    const own = /^(journal|chart)\//.test(instance) ? [] : [{ ...record, instance }];
    for (const { instance: name, post, pre, seq } of [...own, ...record.parts]) {
      const [hash, number] = this.#heads.get(name) ?? [ABSENT, 0];
      must(pre === hash, `${name} was ${hash} before; the record says ${pre}`);
      must(seq === number + 1, `it is number ${seq} of ${name}, after ${number}`);
      this.#heads.set(name, [post, seq]);
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unsound("it is no JSON");
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

/** The bytes of a file are damaged; `index`: the first record that is lost by it. */
const mustBytes = (holds, { path, offset, index }, claim) => {
  if (holds) return;
  const record = index === undefined ? "" : `, record ${index}`;
  throw Object.assign(new Unsound(`${path}, offset ${offset}${record}: ${claim}`), { code: 4 });
};

/**
 * A segment: 76 bytes of header (magic SWSG, format, cluster, node, first index, generation, CRC), then batches of 40 bytes
 * (magic FF 73 77 FE, bytes, count, first index, durable, term, CRC) and frames (length, CRC, record, 0A), then zeros.
 */
function* recordsOfSegment(path, { index, isLast, known }) {
  const bytes = readFileSync(path);
  const isWhole = bytes.length >= 76 && bytes.readUInt32LE(72) === crc32c(bytes.subarray(0, 72));
  const isSegment = isWhole && bytes.subarray(0, 4).toString("latin1") === "SWSG";
  mustBytes(isSegment, { path, offset: 0, index }, "the header of the segment is damaged");
  let [offset, next] = [76, Number(bytes.readBigUInt64LE(56))];
  mustBytes(next === index, { path, offset: 56, index }, `it begins at record ${next}`);
  let durable = Math.max(known, -1);
  for (;;) {
    const header = headerAt(bytes, offset);
    const records = header && recordsOfBatch(bytes, offset, header);
    if (!records || header.first !== next) break;
    yield* records;
    durable = Math.max(durable, header.durable);
    [next, offset] = [next + records.length, offset + 40 + header.bytes];
  }
  // What follows must be zeros, or a batch that was being written when the power failed: torn, and never acknowledged.
  const [end, place] = [endOfData(bytes, offset), { path, offset, index: next }];
  const isTail = end > offset && isLast && isTorn(bytes, offset, end);
  const isUnsaid = isTail && next > Math.max(durable, durableWithin(bytes, offset, end));
  mustBytes(end === offset || isUnsaid, place, "the bytes of this batch are damaged");
  mustBytes(
    !isLast || next > durable,
    place,
    `the log ends here, but record ${durable} was durable`,
  );
}

/** The header of a batch, or undefined where none is whole. */
function headerAt(bytes, offset) {
  if (offset + 40 > bytes.length || bytes.readUInt32LE(offset) !== 0xfe7773ff) return undefined;
  if (bytes.readUInt32LE(offset + 36) !== crc32c(bytes.subarray(offset, offset + 36)))
    return undefined;
  const durable = bytes.readBigUInt64LE(offset + 20); // all bits set: none
  return {
    bytes: bytes.readUInt32LE(offset + 4),
    count: bytes.readUInt32LE(offset + 8),
    first: Number(bytes.readBigUInt64LE(offset + 12)),
    durable: durable === 0xffffffffffffffffn ? -1 : Number(durable),
  };
}

/** The records of a batch, or undefined where a length, a checksum or the count is wrong. */
function recordsOfBatch(bytes, offset, header) {
  const end = offset + 40 + header.bytes;
  const records = [];
  if (end > bytes.length) return undefined;
  let frame = offset + 40;
  while (frame + 9 <= end) {
    const last = frame + 8 + bytes.readUInt32LE(frame);
    if (last >= end || bytes[last] !== 0x0a) return undefined;
    const body = bytes.subarray(frame + 8, last);
    if (bytes.readUInt32LE(frame + 4) !== crc32c(bytes.subarray(frame, frame + 4), body))
      return undefined;
    records.push(body.toString("utf8"));
    frame = last + 1;
  }
  return frame === end && records.length === header.count ? records : undefined;
}

function endOfData(bytes, from) {
  let end = bytes.length;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}

/** No longer than a header, or shorter than its header says, or with a sector of 512 bytes that was never written. */
function isTorn(bytes, offset, end) {
  const length = end - offset;
  if (length <= 40 || length < 40 + (headerAt(bytes, offset)?.bytes ?? 0)) return true;
  for (let sector = offset - (offset % 512); sector + 512 <= end; sector += 512)
    if (bytes.subarray(Math.max(sector, offset), sector + 512).every((byte) => byte === 0))
      return true;
  return false;
}

/** What a later batch calls durable was acknowledged: then a hole before it is damage. */
function durableWithin(bytes, from, end) {
  let durable = -1;
  for (let at = from; at + 40 <= end; at += 1)
    if (bytes[at] === 0xff) durable = Math.max(durable, headerAt(bytes, at)?.durable ?? -1);
  return durable;
}

function* recordsOfFolder(folder) {
  const journal = existsSync(join(folder, "journal")) ? join(folder, "journal") : folder;
  const { known, segment } = superblocksOf(journal);
  const path = join(journal, "log", `${String(segment).padStart(16, "0")}.wal`);
  const isThere = segment === undefined || existsSync(path);
  mustBytes(isThere, { path, offset: 0, index: segment }, "the segment is missing");
  const names = readdirSync(join(journal, "log")).filter((name) => name.endsWith(".wal"));
  let index = 0;
  for (const [place, name] of names.sort().entries()) {
    const isLast = place === names.length - 1;
    for (const text of recordsOfSegment(join(journal, "log", name), { index, isLast, known })) {
      yield text;
      index += 1;
    }
  }
}

/**
 * Highest record that the journal's own note says was durable, and the first record of the segment that was being written: two
 * superblocks of 512 bytes (magic SWSB, … the record's index at 72, … flags at 120: bit 1 where a segment is named, at 124, …
 * CRC at 508), written in turns, so that one of them is always whole.
 */
function superblocksOf(journal) {
  const paths = ["superblock-0", "superblock-1"].map((name) => join(journal, name));
  const there = paths.filter((path) => existsSync(path)).map((path) => readFileSync(path));
  const isWhole = (bytes) =>
    bytes.length >= 512 &&
    bytes.subarray(0, 4).toString("latin1") === "SWSB" &&
    bytes.readUInt32LE(508) === crc32c(bytes.subarray(0, 508));
  const whole = there.filter(isWhole);
  const place = { path: paths[0], offset: 0 };
  mustBytes(there.length === 0 || whole.length > 0, place, "neither superblock can be used");
  const known = Math.max(-1, ...whole.map((bytes) => Number(bytes.readBigInt64LE(72))));
  const named = whole.filter((bytes) => (bytes.readUInt32LE(120) & 2) !== 0);
  const segments = named.map((bytes) => Number(bytes.readBigInt64LE(124)));
  return { known, segment: segments.length === 0 ? undefined : Math.max(...segments) };
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
    const limit = Math.min(1_000, size - from);
    const lines = linesOf(await get(`${url}/journal?from=${from}&limit=${limit}`));
    if (lines.length === 0) throw new Error(`${url} gives no records from ${from} on`);
    yield* lines;
    from += lines.length;
  }
}

/** C2SP signed note: origin, size, root in base64, an empty line, `— origin base64(4 bytes key id ‖ 64 bytes)`. */
function checkpointOf(note, node) {
  const end = note.indexOf("\n\n") + 1;
  const text = note.slice(0, end);
  const [origin, size, root] = text.split("\n");
  const keyId = sha256(`${origin}\n`, Buffer.of(1), rawKeyOf(node)).subarray(0, 4);
  const isByNode = linesOf(note.slice(end)).some((line) => {
    const bytes = Buffer.from(line.split(" ").at(-1), "base64");
    if (!bytes.subarray(0, 4).equals(keyId)) return false;
    return verifySignature(null, Buffer.from(text), publicKeyOf(node), bytes.subarray(4));
  });
  must(isByNode, "the checkpoint is not signed by the node's key");
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** The way up a tree (RFC 9162 §2.1.3.2 and §2.1.4.2): `join` takes each sibling, and whether it stands to the left. */
function climbs(place, last, path, join) {
  for (const sibling of path) {
    if (last === 0) return false;
    const isLeft = place % 2 === 1 || place === last;
    join(sibling, isLeft);
    while (isLeft && place % 2 === 0 && place !== 0)
      [place, last] = [place / 2, Math.floor(last / 2)];
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0;
}

/** Does the proof lead from this leaf to this root? */
function isIncluded({ index, leaf, proof, root, size }) {
  let hash = leaf;
  const isWhole = climbs(index, size - 1, proof, (sibling, isLeft) => {
    hash = isLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  });
  return isWhole && hash.equals(root);
}

/** Is the tree of `from` leaves the beginning of that of `to` leaves? */
function isConsistent({ from, fromRoot, proof, to, toRoot }) {
  const [first, ...path] = Number.isInteger(Math.log2(from)) ? [fromRoot, ...proof] : proof;
  let [place, last] = [from - 1, to - 1];
  while (place % 2 === 1) [place, last] = [(place - 1) / 2, Math.floor(last / 2)];
  let [old, fresh] = [first, first];
  const isWhole = climbs(place, last, path, (sibling, isLeft) => {
    if (isLeft) old = nodeHash(sibling, old);
    fresh = isLeft ? nodeHash(sibling, fresh) : nodeHash(fresh, sibling);
  });
  return isWhole && first !== undefined && old.equals(fromRoot) && fresh.equals(toRoot);
}

async function checkServer(log, url, { origin, root, size }) {
  must(origin === log.origin, `the checkpoint is of ${origin}, the log of ${log.origin}`);
  must(root.equals(log.tree.root()), `the checkpoint's root is not that of the ${size} records`);
  const proofAt = async (path) =>
    JSON.parse(await get(`${url}/log/${path}`)).hashes.map((hash) => Buffer.from(hash, "base64"));
  const [leaf, proof] = [
    Buffer.from(log.leaf0, "hex"),
    await proofAt(`proof?index=0&size=${size}`),
  ];
  must(isIncluded({ index: 0, leaf, proof, root, size }), "the proof of record 0 does not hold");
  const [from, fromRoot] = log.middle;
  if (from === 0 || from === size) return;
  const path = await proofAt(`consistency?from=${from}&to=${size}`);
  const holds = isConsistent({ from, fromRoot, proof: path, to: size, toRoot: root });
  must(holds, `the proof that the tree of ${from} records goes on does not hold`);
}

// ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const USAGE =
  "usage: node verify.mjs (--data FOLDER | --log FILE | --url URL) [--origin-key KEY] [--leaf0 HEX]";

function optionsOf(argv) {
  const options = {};
  for (let at = 0; at < argv.length; at += 2) {
    const name = /^--(data|log|url|origin-key|leaf0)$/.exec(argv[at] ?? "")?.[1];
    if (name === undefined || argv[at + 1] === undefined) return undefined;
    options[name] = argv[at + 1];
  }
  const places = ["data", "log", "url"].filter((name) => options[name] !== undefined);
  return places.length === 1 ? options : undefined;
}

async function main(options) {
  const log = new Log();
  const url = options.url?.replace(/\/$/, "");
  const note = url === undefined ? undefined : await get(`${url}/log/checkpoint`);
  const recordsOf = () => {
    if (url !== undefined) return recordsOfServer(url, Number(note.split("\n")[1]));
    if (options.data !== undefined) return recordsOfFolder(options.data);
    return linesOf(readFileSync(options.log === "-" ? 0 : options.log, "utf8"));
  };
  try {
    for await (const text of recordsOf()) log.add(text);
  } catch (error) {
    const isRecord = error instanceof Unsound && error.code === 1;
    if (isRecord) error.message = `record ${log.tree.size}: ${error.message}`;
    throw error;
  }
  must(log.tree.size > 0, "there are no records");
  if (note !== undefined) await checkServer(log, url, checkpointOf(note, log.node));
  const pins = { "origin-key": log.node, leaf0: log.leaf0 };
  for (const [name, found] of Object.entries(pins)) {
    const wanted = options[name] ?? found;
    must(wanted === found, `the pin ${name} is ${wanted}; this log has ${found}`);
  }
  const isPinned = Object.keys(pins).every((name) => options[name] !== undefined);
  const redacted = log.redacted === 0 ? "" : `, inputs of ${log.redacted} redacted`;
  const lines = [
    `${log.tree.size} records, ${log.signatures} signatures${redacted}: sound`,
    `origin ${log.origin}`,
    `key    ${log.node}`,
    `leaf0  ${log.leaf0}`,
    `root   ${log.tree.root().toString("hex")}`,
    isPinned
      ? "origin pinned"
      : "internally consistent, origin not pinned: compare key and leaf0 with what you noted",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

const options = optionsOf(process.argv.slice(2));
try {
  if (options === undefined) process.stderr.write(`${USAGE}\n`);
  else await main(options);
  process.exitCode = options === undefined ? 2 : 0;
} catch (error) {
  const [word, code] = error instanceof Unsound ? ["not sound", error.code] : ["cannot read", 3];
  process.stderr.write(`${word}: ${error.message}\n`);
  process.exitCode = code;
}
