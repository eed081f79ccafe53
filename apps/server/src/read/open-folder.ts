import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  JournalError,
  PastWorld,
  type Clock,
  type EngineStatus,
  type JournalReader,
  type Kernel,
} from "@swoosh/kernel";
import { readBlob } from "../evidence/blob-store.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { dataFolder } from "../node/data-folder.ts";
import { NodeProblem } from "../node/node-problem.ts";
import { systemClock } from "../node/system-clock.ts";
import { FolderJournal } from "./folder-journal.ts";
import type { ReadNode } from "./read-node.ts";
import { refused } from "./reading.ts";

export interface FolderOptions {
  readonly folder: string;
  readonly clock?: Clock;
  readonly kernel?: Kernel;
}

/** Between two pages of records that are replayed: signals and timers get their turn. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The state of a data folder as of its last whole record, without its lock and without changing anything: also while a server
 * runs on it, and on a medium that cannot be written. Throws `NodeProblem` where there is no journal, `CorruptJournal` where
 * it cannot be read, `JournalError` where its records do not give what they say.
 */
export async function openFolder(options: FolderOptions): Promise<ReadNode> {
  const { clock = systemClock, folder, kernel = createServerKernel() } = options;
  const paths = dataFolder(folder);
  if (!existsSync(join(paths.journal, "log")))
    throw new NodeProblem(`${folder} holds no journal; name a data folder of Swoosh`);
  const journal = new FolderJournal(paths.journal);
  if (journal.size === 0)
    throw new NodeProblem(`the journal in ${folder} has no records yet; nothing can be read`);
  const world = await worldOf(kernel, journal);
  const { origin } = world.state;
  return {
    kernel,
    journal,
    clock,
    origin,
    blobs: { read: (hash) => readBlob(paths.blobs, hash) },
    // Whoever reads a folder has all that is in it: there is nobody to let in.
    crypto: { verify: async (attestations) => attestations.map(() => false) },
    engine: {
      state: world.state,
      head: (instance) => world.head(instance),
      instances: (from) => world.instances(from),
      charts: () => world.charts(),
      records: (from, limit) => journal.read(from, limit),
      checkpoint: () => ({ size: world.size, root: world.root() }),
      status: () => statusOf(world, origin),
    },
    onRecord: () => () => {},
    role: {
      leader: null,
      verifierKey: "",
      checkpoint: () => refused("not_found", "a folder that is only read signs nothing"),
      ageS: () => 0,
    },
  };
}

/** From the newest snapshot that leads to the end of the log; where one does not, from the whole log. */
async function worldOf(kernel: Kernel, journal: FolderJournal): Promise<PastWorld> {
  try {
    return await worldFrom(kernel, journal);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const { size } = journal;
    return worldFrom(kernel, {
      size,
      read: (from, limit) => journal.read(from, limit),
      snapshots: async () => [],
      evidence: (hash) => journal.evidence(hash),
    });
  }
}

async function worldFrom(kernel: Kernel, journal: JournalReader): Promise<PastWorld> {
  const world = await PastWorld.before(kernel, journal, journal.size - 1);
  await world.advanceTo(journal.size, pause);
  return world;
}

function statusOf({ end, size }: PastWorld, origin: string): EngineStatus {
  return {
    condition: "ok",
    problems: [],
    fence: null,
    origin,
    term: 0,
    size,
    at: end.at,
    depths: { engine: 0, operators: 0, proposals: 0 },
    stuck: new Map(),
    snapshotIndex: null,
    recovery: { snapshotIndex: null, replayed: 0, skipped: [] },
  };
}
