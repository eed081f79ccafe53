import { leafHash } from "../hash.ts";
import { decodeChunk, type SnapshotHead } from "../log/snapshot-chunk.ts";
import { decodeManifest, type SnapshotManifest } from "../log/snapshot-manifest.ts";
import { World } from "../reduce/world.ts";
import type { ChartShelf } from "./chart-shelf.ts";
import type { DurableStart } from "./durable-state.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { JournalError } from "./journal-error.ts";
import type { Journal, StoredSnapshot } from "./ports.ts";

export type SnapshotReading =
  | { readonly ok: true; readonly start: DurableStart; readonly manifest: SnapshotManifest }
  /** It cannot be used; an older one may. */
  | { readonly ok: false; readonly problem: string };

export interface SnapshotDoors {
  readonly kernel: EngineKernel;
  readonly journal: Journal;
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
  const heads: SnapshotHead[] = [];
  for (const ref of manifest.chunks) {
    const text = await stored.chunk(ref.hash);
    if (text === undefined) return no(`snapshot at ${index}: chunk ${ref.hash} is missing`);
    const chunk = decodeChunk(kernel.hasher, text, ref);
    if (!chunk.ok) return no(`snapshot at ${index}: ${chunk.place} ${chunk.problem}`);
    heads.push(...chunk.heads);
  }
  return restore(doors, manifest, heads);
}

async function restore(
  { shelf }: SnapshotDoors,
  manifest: SnapshotManifest,
  heads: readonly SnapshotHead[],
): Promise<SnapshotReading> {
  const { at, frontier, leaf } = manifest;
  const installed = manifest.charts.filter((chart) => chart.current);
  const names = new Map(installed.map((chart) => [chart.name, chart.hash]));
  const charts = [];
  // Current ones last: of several with one name the last is the current one.
  for (const chart of [...manifest.charts.filter((chart) => !chart.current), ...installed]) {
    const compiled = await shelf.fetch(chart.hash, (name) => {
      const hash = names.get(name);
      return hash === undefined ? undefined : shelf.at(hash)?.normal;
    });
    if (names.has(chart.name)) charts.push(compiled);
  }
  const world = World.restore((hash) => shelf.at(hash), {
    origin: manifest.origin,
    bounds: manifest.bounds,
    flags: manifest.flags,
    node: manifest.node,
    charts,
    heads: heads.map(({ document, hash }) => ({ document, hash })),
    end: { size: frontier.size, leaf, at },
  });
  const movedAt = new Map(heads.map((head) => [head.document.meta.instance, head.index]));
  return {
    ok: true,
    manifest,
    start: { world, frontier, hlc: manifest.lastAppliedHLC, movedAt },
  };
}

function no(problem: string): SnapshotReading {
  return { ok: false, problem };
}
