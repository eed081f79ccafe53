import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  chooseSuperblock,
  decodeRecord,
  identityKeyOf,
  JournalError,
  valueHash,
  type JsonObject,
  type SegmentScan,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import { CorruptJournal } from "../journal/corrupt-journal.ts";
import { readSegments } from "../journal/read-log.ts";
import { readKeyFile } from "../keys/key-file.ts";
import type { DataFolder } from "../node/data-folder.ts";
import { messageOf, tellerOf, type Finding } from "./finding.ts";

/** More than so many records to replay take seconds at the next start. */
const BEHIND_WANTED = 200_000;
/** A clock that is behind the log by more stamps records with the log's time, which stands still meanwhile. */
const CLOCK_BEHIND_MS = 60_000;
const RESTORE = "docs/runbooks/corrupt-log.md has the choices; nothing was changed";
const MANIFEST = /^([0-9]{16})\.json$/u;

/** The log as it lies there: every frame of every segment, its superblocks and snapshots. Takes no lock, changes nothing. */
export function checkJournal(paths: DataFolder, now: number): readonly Finding[] {
  const { bad, damage } = tellerOf("journal");
  if (!existsSync(join(paths.journal, "log")))
    return [
      bad(`${paths.journal} has no log`, "restore a backup (docs/runbooks/snapshot-restore.md)"),
    ];
  try {
    const log = readWholeLog(paths.journal);
    return [
      ...checkLog(log, now),
      ...checkNode(log, paths),
      ...checkSuperblocks(log, paths.journal),
      ...checkSnapshots(log, paths.journal),
    ];
  } catch (error) {
    if (error instanceof CorruptJournal) return [damage(error.message, RESTORE)];
    if (error instanceof JournalError) return [bad(error.message, RESTORE)];
    return [
      bad(`the journal cannot be read: ${messageOf(error)}`, "look at the disk and the rights"),
    ];
  }
}

interface ReadLog {
  readonly size: number;
  readonly last: SegmentScan | undefined;
  readonly path: string;
  /** Text of the last record. */
  readonly text: string;
}

function readWholeLog(journal: string): ReadLog {
  let log: ReadLog = { size: 0, last: undefined, path: "", text: "" };
  for (const { path, scan } of readSegments(journal)) {
    const body = scan.records.at(-1)?.body;
    const text = body === undefined ? log.text : Buffer.from(body).toString("utf8");
    log = { size: scan.nextIndex, last: scan, path, text };
  }
  return log;
}

function checkLog({ last, path, size, text }: ReadLog, now: number): readonly Finding[] {
  const { ok, warn } = tellerOf("journal");
  const decoded = decodeRecord(text);
  const at = decoded.ok ? decoded.record.at : 0;
  const findings = [
    ok(
      `${size} records, whole; the last of ${new Date(at).toISOString()}. swoosh verify replays them`,
    ),
  ];
  if (last?.end.kind === "torn")
    findings.push(
      warn(
        `${path} ends in a batch that was being written when the power failed, and that nobody was told of`,
        "nothing: the next start cuts it",
      ),
    );
  if (at - now > CLOCK_BEHIND_MS)
    findings.push(
      warn(
        `the clock of this machine is ${Math.floor((at - now) / 1000)} s behind the last record`,
        "set the clock; timers stand still until it has caught up",
      ),
    );
  return findings;
}

function checkNode({ last }: ReadLog, { nodeKey }: DataFolder): readonly Finding[] {
  const nodeId = last?.header?.nodeId;
  if (nodeId === undefined || !existsSync(nodeKey)) return [];
  try {
    if (readKeyFile(nodeKey).identity === identityKeyOf(nodeId)) return [];
  } catch {
    // The key file itself is told of where keys are looked at.
    return [];
  }
  const { bad } = tellerOf("keys");
  return [
    bad(
      `${nodeKey} is not the key of the node that wrote this log, ${identityKeyOf(nodeId)}`,
      "put back the key that came with this log",
    ),
  ];
}

function checkSuperblocks({ last }: ReadLog, journal: string): readonly Finding[] {
  const { warn } = tellerOf("superblock");
  const identity = last?.header;
  if (identity === undefined) return [];
  return [0, 1].flatMap((slot) => {
    const path = join(journal, `superblock-${slot}`);
    if (!existsSync(path)) return [];
    const bytes = new Uint8Array(readFileSync(path));
    const alone = slot === 0 ? [bytes, undefined] : [undefined, bytes];
    const chosen = chooseSuperblock([alone[0], alone[1]], identity);
    return chosen.ok
      ? []
      : [
          warn(
            `${path} is damaged; the other one is used`,
            "look at the disk: this is no ordinary crash",
          ),
        ];
  });
}

function checkSnapshots({ size }: ReadLog, journal: string): readonly Finding[] {
  const { ok, warn } = tellerOf("snapshot");
  const folder = join(journal, "snapshots");
  const indexes = (existsSync(folder) ? readdirSync(folder) : [])
    .flatMap((name) => MANIFEST.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((one, other) => other - one);
  const broken = indexes.flatMap((index) => {
    const why = faultOf(journal, index);
    return why === null
      ? []
      : [
          warn(
            `the snapshot at ${index} cannot be used: ${why}`,
            "take another: swoosh snapshot, while no server runs",
          ),
        ];
  });
  const [newest] = indexes.filter((index) => faultOf(journal, index) === null);
  const behind = size - 1 - (newest ?? -1);
  const says =
    newest === undefined
      ? `there is none; the next start replays ${behind} records`
      : `the newest is of record ${newest}; the next start replays ${behind}`;
  const take = "take one: swoosh snapshot, while no server runs; and see snapshot-records";
  return [...broken, behind > BEHIND_WANTED ? warn(says, take) : ok(says)];
}

/** What is wrong with a snapshot's own bytes, or null. */
function faultOf(journal: string, index: number): string | null {
  const path = join(journal, "snapshots", `${String(index).padStart(16, "0")}.json`);
  try {
    const { checksum, ...rest }: JsonObject = JSON.parse(readFileSync(path, "utf8"));
    if (valueHash(hasher, rest) !== checksum) return `${path} does not have its checksum`;
    const { chunks } = rest;
    for (const ref of Array.isArray(chunks) ? chunks : []) {
      const hash = typeof ref === "object" && ref !== null && "hash" in ref ? String(ref.hash) : "";
      const chunk = join(journal, "chunks", `${hash}.json`);
      if (!existsSync(chunk)) return `${chunk} is missing`;
      if (digestOf(chunk) !== hash) return `${chunk} is damaged`;
    }
    return null;
  } catch (error) {
    return `${path}: ${messageOf(error)}`;
  }
}

export function digestOf(path: string): string {
  return `sha256-${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
}
