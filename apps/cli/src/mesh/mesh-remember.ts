import {
  EmbedQueue,
  Memory,
  passagesOf,
  quantise,
  type Embedder,
  type VectorKey,
} from "@swoosh/mesh";
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { kernel } from "../kernel.ts";
import { plainText } from "../plain-text.ts";
import { readText } from "../read-text.ts";
import { chooseEmbedder, type EmbedderFlags } from "./choose-embedder.ts";
import { openMemoryFolder, type MemoryFolder } from "./memory-folder.ts";

export interface RememberFlags extends EmbedderFlags {
  readonly data: string;
  readonly json: boolean;
}

/** `swoosh mesh remember`: what it has answered for is on disk, synced. */
export async function runMeshRemember(
  port: ConsolePort,
  what: string,
  flags: RememberFlags,
): Promise<ExitCode> {
  const isFile = what === "-" || existsSync(what);
  const source = isFile && what !== "-" ? what : "";
  const passages = passagesOf(isFile ? readText(what) : what);
  if (passages.length === 0) {
    port.err("swoosh: there are no words in it; nothing was remembered\n");
    return EXIT.no;
  }
  const embedder = chooseEmbedder(flags);
  const keys = await embedAll(embedder, passages);
  return withMemory(flags.data, (memory) => {
    for (const [index, text] of passages.entries()) {
      const key = keys[index];
      if (key === undefined) continue;
      const kept = memory.remember({ kind: "text", model: embedder.modelHash, key, text, source });
      if (flags.json)
        port.out(
          `${JSON.stringify({ remembered: kept.hash, cell: kept.cell, hops: kept.hops })}\n`,
        );
      else
        port.out(
          `${shortOf(kept.hash)}  ${placeOf(kept.cell, kept.hops)}  ${plainText(firstWords(text))}\n`,
        );
    }
    return EXIT.ok;
  });
}

export interface RecallFlags extends EmbedderFlags {
  readonly data: string;
  readonly count: number;
  readonly json: boolean;
}

/** `swoosh mesh recall`: the memories most like the query. Exit 1 where there is none. */
export async function runMeshRecall(
  port: ConsolePort,
  query: string,
  flags: RecallFlags,
): Promise<ExitCode> {
  const embedder = chooseEmbedder(flags);
  const [key] = await embedAll(embedder, [query]);
  if (key === undefined) return EXIT.no;
  return withMemory(flags.data, (memory) => {
    const found = memory.recall(key, { model: embedder.modelHash, count: flags.count });
    for (const one of found) {
      const { hash, cosine, tier, cell, hops, item } = one;
      if (flags.json) {
        const likeness = Math.round(cosine * 1_000) / 1_000;
        port.out(
          `${JSON.stringify({ hash, likeness, tier, cell, hops, source: item.source, text: item.text })}\n`,
        );
      } else {
        const where = tier === 2 ? placeOf(cell, hops) : tier === 1 ? "at hand" : "from disk";
        port.out(`${cosine.toFixed(2)}  ${where}  ${plainText(item.text)}\n`);
      }
    }
    for (const problem of memory.damaged.values()) port.err(`swoosh: ${problem}\n`);
    if (found.length === 0)
      port.err(
        "swoosh: nothing is remembered that this embedder has seen; put something in with swoosh mesh remember\n",
      );
    if (embedder.kind === "lexical" && !flags.json && found.length > 0)
      port.err("likeness is of words, not of meaning; --embedder ollama asks a model\n");
    if (memory.damaged.size > 0) return EXIT.fenced;
    return found.length === 0 ? EXIT.no : EXIT.ok;
  });
}

export interface CellsFlags {
  readonly data: string;
  readonly kill?: number;
  readonly heal: boolean;
  readonly json: boolean;
}

/** `swoosh mesh cells`: which cells live and how much rests in each; `--kill` and `--heal` to see that it survives. */
export function runMeshCells(port: ConsolePort, flags: CellsFlags): ExitCode {
  return withMemory(flags.data, (memory) => {
    const cells = Array.from({ length: memory.cells }, (_, cell) => cell);
    if (flags.heal) for (const cell of cells) memory.heal(cell);
    const living = cells.filter((cell) => memory.isAlive(cell));
    const doomed = Math.min(living.length, Math.round((memory.cells * (flags.kill ?? 0)) / 100));
    // Evenly over the mesh, and another set each time the state has moved on.
    const step = 7;
    for (let index = 0; index < doomed; index += 1)
      memory.kill(living[(index * step + memory.state().tick) % living.length] ?? 0);
    // 7 and the number of cells may share a factor: fill up from the front.
    for (const cell of living)
      if (living.filter((one) => !memory.isAlive(one)).length < doomed) memory.kill(cell);
    const side = Math.round(memory.cells / Math.max(1, memory.state().side));
    const residents = cells.reduce((sum, cell) => sum + memory.residentCount(cell), 0);
    const dead = cells.filter((cell) => !memory.isAlive(cell)).length;
    if (flags.json) port.out(`${JSON.stringify({ cells: memory.cells, dead, residents })}\n`);
    else {
      for (let row = 0; row < side; row += 1) {
        const line = cells.slice(row * side, (row + 1) * side);
        port.out(
          `${line.map((cell) => (memory.isAlive(cell) ? String(memory.residentCount(cell)).padStart(3) : "  x")).join("")}\n`,
        );
      }
      port.out(
        `${memory.cells - dead} cells live, ${dead} are dead (x); ${residents} memories rest in cells\n`,
      );
    }
    return EXIT.ok;
  });
}

/** The folder is held while it is used, and the state written before it is let go. */
function withMemory(data: string, act: (memory: Memory) => ExitCode): ExitCode {
  const folder: MemoryFolder = openMemoryFolder(data);
  try {
    const state = folder.readState();
    const memory = new Memory({
      hasher: kernel.hasher,
      store: folder.store,
      ...(state === undefined ? {} : { state }),
    });
    const code = act(memory);
    folder.writeState(memory.state());
    return code;
  } finally {
    folder.close();
  }
}

async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
): Promise<readonly VectorKey[]> {
  if (embedder.kind === "lexical") return (await embedder.embed(texts)).map(quantise);
  const queue = new EmbedQueue({
    embedder,
    waitMs: async (ms) => wait(ms),
    waitingMax: texts.length,
  });
  return Promise.all(texts.map(async (text) => queue.embed(text)));
}

function shortOf(hash: string): string {
  return hash.slice(7, 19);
}

function placeOf(cell: number, hops: number): string {
  return cell < 0
    ? "on disk, no cell lives"
    : `cell ${cell} after ${hops} hop${hops === 1 ? "" : "s"}`;
}

function firstWords(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
