import { leafHash, type ValueHash } from "../hash.ts";
import { decodeChunk } from "../log/snapshot-chunk.ts";
import { decodeManifest, type SnapshotManifest } from "../log/snapshot-manifest.ts";
import type { IndexedHead } from "../reduce/document.ts";
import { World } from "../reduce/world.ts";
import type { ChartShelf } from "./chart-shelf.ts";
import type { DurableStart } from "./durable-state.ts";
import type { EngineKernel, OtherCharts } from "./engine-kernel.ts";
import { JournalError } from "./journal-error.ts";
import type { JournalReader, StoredSnapshot } from "./ports.ts";
import { SharedParts } from "./shared-parts.ts";

export type SnapshotReading =
  | { readonly ok: true; readonly start: DurableStart; readonly manifest: SnapshotManifest }
  /** It cannot be used; an older one may. */
  | { readonly ok: false; readonly problem: string };

export interface SnapshotDoors {
  readonly kernel: EngineKernel;
  readonly journal: JournalReader;
  readonly shelf: ChartShelf;
}

/**
 * The state that a stored snapshot stands for, every byte checked against the hashes above it. A sound snapshot of
 * records that the journal does not have is no reason to fall back: durable records were lost, and that is `corrupt`.
 */
export async function readSnapshot(
  doors: SnapshotDoors,
  stored: StoredSnapshot,
): Promise<SnapshotReading> {
  const { kernel, journal } = doors;
  const decoded = decodeManifest(kernel.hasher, stored.manifest);
  if (!decoded.ok) return no(`${decoded.place}: ${decoded.problem}`);
  const { manifest } = decoded;
  const { lastAppliedIndex: index } = manifest;
  if (index >= journal.size)
    throw new JournalError(
      "corrupt",
      `a snapshot stands for ${index + 1} records, the journal has ${journal.size}; restore the missing ones`,
    );
  const [last = ""] = await journal.read(index, 1);
  if (leafHash(kernel.hasher, last) !== manifest.leaf)
    return no(`snapshot at ${index}: record ${index} of this journal is another one`);
  const parts = new SharedParts();
  const heads: IndexedHead[] = [];
  for (const ref of manifest.chunks) {
    const text = await stored.chunk(ref.hash);
    if (text === undefined) return no(`snapshot at ${index}: chunk ${ref.hash} is missing`);
    const chunk = decodeChunk(kernel.hasher, text, ref);
    if (!chunk.ok) return no(`snapshot at ${index}: ${chunk.place} ${chunk.problem}`);
    for (const { document, hash, index: at } of chunk.heads)
      heads.push({ document: parts.share(document), hash, index: at });
  }
  return restore(doors, manifest, heads);
}

async function restore(
  { shelf }: SnapshotDoors,
  manifest: SnapshotManifest,
  heads: readonly IndexedHead[],
): Promise<SnapshotReading> {
  const { at, frontier, leaf } = manifest;
  const problem = await fetchCharts(shelf, manifest);
  if (problem !== null) return no(`snapshot at ${manifest.lastAppliedIndex}: ${problem}`);
  // Current ones last: of several with one name the last is the current one.
  const installed = new Set(
    manifest.charts.filter(({ current }) => current).map(({ name }) => name),
  );
  const charts = manifest.charts
    .filter(({ name }) => installed.has(name))
    .toSorted((one, other) => Number(one.current) - Number(other.current))
    .map(({ hash }) => shelf.at(hash))
    .filter((chart) => chart !== undefined);
  const world = World.restore((hash) => shelf.at(hash), {
    origin: manifest.origin,
    bounds: manifest.bounds,
    flags: manifest.flags,
    node: manifest.node,
    charts,
    heads,
    end: { size: frontier.size, leaf, at },
  });
  return {
    ok: true,
    manifest,
    start: { world, frontier, hlc: manifest.lastAppliedHLC },
  };
}

/**
 * Puts the manifest's charts on the shelf; what stands in the way, or null. A chart may need others to be there, for the
 * types of its reads, and the manifest does not say in which order they came: each round fetches what can be fetched.
 */
async function fetchCharts(shelf: ChartShelf, manifest: SnapshotManifest): Promise<string | null> {
  const current = new Map(
    manifest.charts.filter((chart) => chart.current).map(({ hash, name }) => [name, hash]),
  );
  const normalOf: OtherCharts = (name) => {
    const hash = current.get(name);
    return hash === undefined ? undefined : shelf.at(hash)?.normal;
  };
  let waiting = manifest.charts.map(({ hash }) => hash);
  for (;;) {
    const failed: ValueHash[] = [];
    let problem = "";
    for (const hash of waiting) {
      try {
        await shelf.fetch(hash, normalOf);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        failed.push(hash);
        problem = error.message;
      }
    }
    if (failed.length === 0) return null;
    if (failed.length === waiting.length) return problem;
    waiting = failed;
  }
}

function no(problem: string): SnapshotReading {
  return { ok: false, problem };
}
