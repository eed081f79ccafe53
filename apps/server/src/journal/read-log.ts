import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  IDENTITY_BYTES,
  NO_INDEX,
  readIdentity,
  scanSegment,
  SEGMENT_HEADER_BYTES,
} from "@swoosh/kernel";
import { CorruptJournal } from "./corrupt-journal.ts";
import { firstIndexOf, segmentPath } from "./segment-name.ts";

/** Where a segment's header has the identity: behind magic and format (`segment-header.ts` of the kernel). */
const AT_IDENTITY = 8;

const DECODER = new TextDecoder("utf-8", { fatal: true });

/**
 * Texts of all records in a journal's folder, in order, without its lock and without changing anything: also while a
 * server writes there. What that server is writing at this moment, and what was torn by a crash, is left out; any other
 * damage is a `CorruptJournal` with file, offset and index. One segment is in memory at a time.
 */
export function* readLog(folder: string): Generator<string, void, undefined> {
  const log = join(folder, "log");
  const firsts = readdirSync(log)
    .flatMap((name) => firstIndexOf(name) ?? [])
    .toSorted((one, other) => one - other);
  let term = 0;
  for (const [place, firstIndex] of firsts.entries()) {
    const path = segmentPath(log, firstIndex);
    const bytes = new Uint8Array(readFileSync(path));
    if (bytes.length < SEGMENT_HEADER_BYTES)
      throw new CorruptJournal({ file: path, offset: 0, index: firstIndex }, "it is no segment");
    const scan = scanSegment(bytes, {
      ...readIdentity(bytes.subarray(0, AT_IDENTITY + IDENTITY_BYTES), AT_IDENTITY),
      firstIndex,
      knownDurable: NO_INDEX,
      nextFirstIndex: firsts[place + 1] ?? null,
      term,
    });
    if (scan.end.kind === "corrupt") {
      const { index, offset, problem } = scan.end;
      throw new CorruptJournal({ file: path, offset, index }, problem);
    }
    term = scan.term;
    for (const { body } of scan.records) yield DECODER.decode(body);
  }
}
