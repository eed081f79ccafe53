import { EmbedQueue, Memory, quantise, type Embedder, type VectorKey } from "@swoosh/mesh";
import type { EmbedderFlags } from "@swoosh/server/memory";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { kernel } from "../kernel.ts";
import { withServerErrors } from "../with-server-errors.ts";
import { foundLine, keptLine, NOTHING_FOUND, readPassages, WORDS_ALONE } from "./memory-lines.ts";

/** A model on a slow machine takes a while for 32 long texts. */
const TIMEOUT_MS = 60_000;

/** ms that a server on the same folder is waited for: it works there for parts of a second. */
const LOCK_WAIT_MS = 1_000;

/** A folder of memories: that of the data folder itself, or of one of its instances. */
interface MemoryPlace {
  readonly data: string;
  readonly for?: string;
}

export interface RememberFlags extends EmbedderFlags, MemoryPlace {
  readonly json: boolean;
}

/** `swoosh mesh remember`: what it has answered for is on disk, synced. */
export async function runMeshRemember(
  port: ConsolePort,
  what: string,
  flags: RememberFlags,
): Promise<ExitCode> {
  const { passages, source } = readPassages(port, what);
  if (passages.length === 0) return EXIT.no;
  const embedder = await embedderOf(flags);
  const keys = await embedAll(embedder, passages);
  return withMemory(port, flags, (memory) => {
    for (const [index, text] of passages.entries()) {
      const key = keys[index];
      if (key === undefined) continue;
      const kept = memory.remember({ kind: "text", model: embedder.modelHash, key, text, source });
      port.out(keptLine(kept, text, flags.json));
    }
    return EXIT.ok;
  });
}

export interface RecallFlags extends EmbedderFlags, MemoryPlace {
  readonly count: number;
  readonly json: boolean;
}

/** `swoosh mesh recall`: the memories most like the query. Exit 1 where there is none. */
export async function runMeshRecall(
  port: ConsolePort,
  query: string,
  flags: RecallFlags,
): Promise<ExitCode> {
  const embedder = await embedderOf(flags);
  const [key] = await embedAll(embedder, [query]);
  if (key === undefined) return EXIT.no;
  return withMemory(port, flags, (memory) => {
    const found = memory.recall(key, { model: embedder.modelHash, count: flags.count });
    for (const one of found) {
      const { hash, cosine, tier, cell, hops, item } = one;
      const { source, text } = item;
      const permille = Math.round(cosine * 1_000);
      port.out(
        foundLine(
          { hash, likeness_permille: permille, tier, cell, hops, source, text },
          flags.json,
        ),
      );
    }
    for (const problem of memory.damaged.values()) port.err(`swoosh: ${problem}\n`);
    if (found.length === 0) port.err(NOTHING_FOUND);
    if (embedder.kind === "lexical" && !flags.json && found.length > 0)
      port.err(`${WORDS_ALONE}; --embedder ollama asks a model\n`);
    if (memory.damaged.size > 0) return EXIT.fenced;
    return found.length === 0 ? EXIT.no : EXIT.ok;
  });
}

export interface CellsFlags extends MemoryPlace {
  readonly kill?: number;
  readonly heal: boolean;
  readonly json: boolean;
}

/** `swoosh mesh cells`: which cells live and how much rests in each; `--kill` and `--heal` to see that it survives. */
export async function runMeshCells(port: ConsolePort, flags: CellsFlags): Promise<ExitCode> {
  return withMemory(port, flags, (memory) => {
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
function withMemory(
  port: ConsolePort,
  { data, for: instance }: MemoryPlace,
  act: (memory: Memory) => ExitCode,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { memoryPath, memoryStateIn, openMemoryFolder } = await import("@swoosh/server/memory");
    const folder = await openMemoryFolder(memoryPath(data, instance), { waitMs: LOCK_WAIT_MS });
    try {
      const state = memoryStateIn(folder.readStateText(), folder.path);
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
  });
}

/** The embedder that the options name; its key comes from the environment alone. */
async function embedderOf(flags: EmbedderFlags): Promise<Embedder> {
  const { chooseEmbedder } = await import("@swoosh/server/memory");
  const key = process.env["SWOOSH_EMBEDDER_KEY"];
  return chooseEmbedder(flags, {
    timeoutMs: TIMEOUT_MS,
    ...(key === undefined ? {} : { key }),
  });
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
