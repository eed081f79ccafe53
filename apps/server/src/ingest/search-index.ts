import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { canonicalize } from "@swoosh/kernel";
import { blobHash, type BlobStore } from "../evidence/blob-store.ts";
import { HITS_MAX, INDEXED_BYTES_MAX } from "./limits.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";

/** Of a data folder: where the indexes of contents lie. */
export const INDEX_FOLDER = "index";

const INDEX_ENDING = ".sqlite";
/** Raised where the same content would be indexed differently. */
const FORMAT = 1;
const TOKENIZER = "unicode61 tokenchars '_'";
/** Bytes that are indexed in one turn of the loop. */
const TURN_BYTES = 262_144;
/** Words of context in a hit. */
const SNIPPET_WORDS = 12;

export interface BuiltIndex {
  /** Of what is in the index: format, content and files. Equal contents have equal indexes. */
  readonly indexHash: string;
  readonly documents: number;
}

export interface SearchHit {
  readonly path: string;
  /** Hash of the file's bytes, which are evidence. */
  readonly hash: string;
  /** 1-based line of the first word that was looked for; 0 where only the path has it. */
  readonly line: number;
  /** The words around it, found ones in brackets. */
  readonly snippet: string;
}

/** Where the index of a content lies. */
export function indexFile(folder: string, contentHash: string): string {
  return join(folder, `${contentHash}${INDEX_ENDING}`);
}

/**
 * Builds the full-text index of a content, one file beside others, under a temporary name until it is whole and durable. An index that is
 * there is left as it is: what a plan runs on never changes.
 */
export async function buildIndex(options: {
  readonly contentHash: string;
  readonly manifest: Manifest;
  readonly blobs: BlobStore;
  readonly folder: string;
}): Promise<BuiltIndex> {
  const { blobs, contentHash, folder, manifest } = options;
  const path = indexFile(folder, contentHash);
  mkdirSync(folder, { recursive: true });
  const texts = manifest.files.filter(
    ({ mode, size }) => mode !== "120000" && size <= INDEXED_BYTES_MAX,
  );
  if (!existsSync(path)) {
    const temporary = `${path}.${process.pid}.tmp`;
    rmSync(temporary, { force: true });
    try {
      await fill(temporary, texts, blobs);
      syncPath(temporary);
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
    syncPath(folder);
  }
  const described = {
    content_hash: contentHash,
    files: texts.map(({ hash, path: name }) => [name, hash]),
    format: FORMAT,
    tokenizer: TOKENIZER,
  };
  return { indexHash: blobHash(Buffer.from(canonicalize(described))), documents: texts.length };
}

/** The loop of the server goes on between pieces of this. */
async function fill(path: string, files: readonly ManifestFile[], blobs: BlobStore): Promise<void> {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    database.exec(
      `CREATE VIRTUAL TABLE files USING fts5(path, body, hash UNINDEXED, tokenize="${TOKENIZER}")`,
    );
    database.exec("BEGIN");
    const insert = database.prepare("INSERT INTO files (path, body, hash) VALUES (?, ?, ?)");
    let bytesInTurn = 0;
    for (const { hash, path: name, size } of files) {
      bytesInTurn += size;
      if (bytesInTurn > TURN_BYTES) {
        bytesInTurn = 0;
        await nextTurn();
      }
      const bytes = blobs.read(hash);
      const isText = bytes !== undefined && !bytes.subarray(0, 8_000).includes(0);
      insert.run(name, isText ? Buffer.from(bytes).toString("utf8") : "", hash);
    }
    database.exec("COMMIT");
    database.exec("INSERT INTO files (files) VALUES ('optimize')");
  } finally {
    database.close();
  }
}

/**
 * Files that have all the words of a query, best first; a word that ends in `*` is the beginning of one, words in quotes stand together.
 * Gives [] for a query without words.
 */
export function searchIndex(
  file: string,
  query: string,
  { hitsMax = 20 }: { readonly hitsMax?: number } = {},
): readonly SearchHit[] {
  const match = matchOf(query);
  if (match === "") return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT path, hash, highlight(files, 1, char(1), char(2)) AS marked,
           snippet(files, 1, '[', ']', '…', ${SNIPPET_WORDS}) AS snippet
         FROM files WHERE files MATCH ? ORDER BY bm25(files, 4.0, 1.0), path LIMIT ?`,
      )
      .all(match, Math.min(hitsMax, HITS_MAX));
    return rows.map(({ hash, marked, path, snippet }) => ({
      path: String(path),
      hash: String(hash),
      line: lineOfMark(String(marked)),
      snippet: String(snippet).replaceAll(/\s+/g, " ").trim(),
    }));
  } finally {
    database.close();
  }
}

/** Removes every index that holds a file with this hash: its text goes with it, and the content must be indexed anew. */
export function dropIndexesWith(folder: string, hash: string): void {
  if (!existsSync(folder)) return;
  const files = readdirSync(folder).filter((name) => name.endsWith(INDEX_ENDING));
  const holding = files.map((name) => join(folder, name)).filter((path) => holds(path, hash));
  for (const path of holding) rmSync(path, { force: true });
  if (holding.length > 0) syncPath(folder);
}

function holds(path: string, hash: string): boolean {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("SELECT 1 FROM files WHERE hash = ? LIMIT 1").get(hash) !== undefined;
  } finally {
    database.close();
  }
}

/** Everything in quotes, so that no sign of the query language of SQLite means anything. */
function matchOf(query: string): string {
  const words = query.match(/"[^"]*"|\S+/g) ?? [];
  return words
    .flatMap((word) => {
      const isBeginning = word.endsWith("*");
      const text = word.replaceAll(/["*]/g, " ").replaceAll("\0", " ").trim();
      if (!/[\p{L}\p{N}_]/u.test(text)) return [];
      return [`"${text}"${isBeginning ? " *" : ""}`];
    })
    .join(" ");
}

function lineOfMark(marked: string): number {
  const at = marked.indexOf("\u0001");
  return at === -1 ? 0 : marked.slice(0, at).split("\n").length;
}

function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
