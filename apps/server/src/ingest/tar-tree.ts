import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Entry } from "tar-stream";
import { checkPath, EntryCount, type IngestBounds } from "./check-entries.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { comparePaths, type SourceTree, type TreeEntry } from "./source-tree.ts";
import type { TemporaryFolder } from "./temporary-folder.ts";

const GZIP_MAGIC = [0x1f, 0x8b] as const;
/** A tar has a header and padding for each file, so it may be larger than its files: by 1 KiB a file and the longest names. */
const HEADER_BYTES = 4_096;

interface Placed {
  readonly entry: TreeEntry;
  /** Bytes of a link, or undefined for what lies in the folder under `key`. */
  readonly text: string | undefined;
}

/**
 * The files of a tar, or of a tar in gzip. Nothing is written under a name of the archive: its files go into the folder under numbers.
 * Where all of them lie in one folder (`name-1.0/`), that folder is the root. Who calls removes the folder where this throws.
 */
export async function openTarTree(
  archive: string,
  folder: TemporaryFolder,
  bounds: IngestBounds,
): Promise<SourceTree> {
  const placed = await unpack(archive, folder, bounds);
  const prefix = commonFolder(placed.map(({ entry }) => entry.path));
  const texts = new Map<string, string>();
  const entries = placed.map(({ entry, text }) => {
    if (text !== undefined) texts.set(entry.key, text);
    return { ...entry, path: entry.path.slice(prefix.length) };
  });
  return {
    entries: entries.toSorted(comparePaths),
    skipped: [],
    read: (entry) => readPlaced(folder, entry, texts.get(entry.key)),
    close: () => folder.remove(),
  };
}

async function* readPlaced(
  folder: TemporaryFolder,
  entry: TreeEntry,
  text: string | undefined,
): AsyncGenerator<Uint8Array> {
  if (text !== undefined) {
    yield Buffer.from(text);
    return;
  }
  const stream: AsyncIterable<Buffer> = createReadStream(join(folder.path, entry.key));
  yield* stream;
}

async function unpack(
  archive: string,
  folder: TemporaryFolder,
  bounds: IngestBounds,
): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  const count = new EntryCount(bounds);
  const byPath = new Map<string, Placed>();
  const tar = extract();
  const take = async (stream: Entry): Promise<void> => {
    const found = await takeEntry(stream, { byPath, count, folder });
    if (found === undefined) return;
    placed.push(found);
    byPath.set(found.entry.path, found);
  };
  const reading = async (): Promise<void> => {
    for await (const stream of tar) await take(stream);
  };
  const gunzip = (await isGzip(archive)) ? [createGunzip()] : [];
  const size = bounds.totalBytesMax + bounds.filesMax * HEADER_BYTES;
  try {
    await Promise.all([
      pipeline([createReadStream(archive), ...gunzip, atMost(size), tar]),
      reading(),
    ]);
  } catch (error) {
    if (error instanceof IngestProblem) throw error;
    throw new IngestProblem(
      "broken_archive",
      `${archive} cannot be read as tar: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return placed;
}

interface Unpacking {
  readonly byPath: ReadonlyMap<string, Placed>;
  readonly count: EntryCount;
  readonly folder: TemporaryFolder;
}

/** undefined: a folder, which is no file of its own. */
async function takeEntry(
  stream: Entry,
  { byPath, count, folder }: Unpacking,
): Promise<Placed | undefined> {
  const { header } = stream;
  const path = header.name.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  if (header.type === "directory") {
    if (path !== "" && path !== ".") checkPath(path);
    stream.resume();
    return undefined;
  }
  checkPath(path);
  const size = header.size ?? 0;
  switch (header.type) {
    case "file":
    case "contiguous-file": {
      count.add(path, size);
      const key = String(byPath.size);
      await pipeline(stream, createWriteStream(join(folder.path, key), { flags: "wx" }));
      const mode = ((header.mode ?? 0) & 0o100) === 0 ? "100644" : "100755";
      return { entry: { path, mode, size, key: unique(key, byPath, path) }, text: undefined };
    }
    case "symlink": {
      stream.resume();
      const text = header.linkname ?? "";
      count.add(path, Buffer.byteLength(text));
      const key = `link ${path}`;
      return { entry: { path, mode: "120000", size: Buffer.byteLength(text), key }, text };
    }
    case "link": {
      stream.resume();
      const target = byPath.get((header.linkname ?? "").replace(/^(?:\.\/)+/, ""));
      if (target === undefined || target.entry.mode === "120000")
        throw new IngestProblem(
          "link_leads_out",
          `${path} is a hard link to ${JSON.stringify(header.linkname ?? "")}, which is no file before it in the archive`,
        );
      count.add(path, target.entry.size);
      return { entry: { ...target.entry, path }, text: undefined };
    }
    default:
      throw new IngestProblem(
        "special_file",
        `${path} is a ${header.type ?? "thing without a type"}; only files, folders and links are taken`,
      );
  }
}

/** A path that comes twice would go unnoticed under a number of its own. */
function unique(key: string, byPath: ReadonlyMap<string, Placed>, path: string): string {
  if (byPath.has(path))
    throw new IngestProblem("bad_path", `${path} is in the archive twice; which one is meant?`);
  return key;
}

function commonFolder(paths: readonly string[]): string {
  const [first = ""] = paths;
  const prefix = first.slice(0, first.indexOf("/") + 1);
  return prefix !== "" && paths.every((path) => path.startsWith(prefix)) ? prefix : "";
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const head = new Uint8Array(GZIP_MAGIC.length);
    await file.read(head, 0, head.length, 0);
    return GZIP_MAGIC.every((byte, at) => head[at] === byte);
  } finally {
    await file.close();
  }
}

/** Ends a stream that unpacks to more than it may: a small file can hold terabytes of zeros. */
function atMost(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes <= bytesMax) done(null, piece);
      else
        done(
          new IngestProblem(
            "source_too_large",
            `the archive unpacks to more than ${bytesMax} bytes; ingest a part of it`,
          ),
        );
    },
  });
}
