import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import {
  createEngine,
  JournalError,
  type Clock,
  type CompiledChart,
  type Crypto,
  type Engine,
  type EngineOptions,
  type Kernel,
} from "@swoosh/kernel";
import { readCharts } from "../charts/read-charts.ts";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { ThreadedCrypto } from "../crypto/threaded-crypto.ts";
import { BlobStore } from "../evidence/blob-store.ts";
import { nodeDisk } from "../journal/node-disk.ts";
import { readKeyFile } from "../keys/key-file.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import { meteredJournal, timedDisk } from "../metrics/metered-journal.ts";
import { NodeMetrics } from "../metrics/node-metrics.ts";
import { createServerKernel } from "./create-server-kernel.ts";
import { dataFolder } from "./data-folder.ts";
import { keepRedactions } from "./keep-redactions.ts";
import { NodeProblem } from "./node-problem.ts";
import { openJournal, type ClosableJournal, type JournalKind } from "./open-journal.ts";
import { refusalError } from "./refusal-error.ts";
import { RecordHub, type EffectListener, type RecordListener } from "./record-hub.ts";
import { systemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";
import { mustSuit, type TestPorts } from "./test-ports.ts";

export interface NodeOptions {
  /** Data folder that `initNode` made. */
  readonly folder: string;
  readonly engine?: Omit<EngineOptions, "genesis">;
  readonly segmentBytes?: number;
  /** `file` unless given. */
  readonly journalKind?: JournalKind;
  readonly clock?: Clock;
  /** In tests, instead of the world's clock and random numbers (TP1). */
  readonly testPorts?: TestPorts | undefined;
  readonly kernel?: Kernel;
  /** Something of ours threw where nobody waits for it. */
  readonly onDefect?: (error: unknown) => void;
  /** Told what a person may want to know of the journal: see `FileJournalOptions`. */
  readonly onNote?: (message: string) => void;
  /** For a folder without records: the installation's name and the first operator's key. */
  readonly genesis?: { readonly name: string; readonly operator: string };
}

/** A kernel at work over a data folder: no HTTP, no command line. */
export interface RunningNode {
  /** Absolute: other processes than this one are told of it. */
  readonly folder: string;
  readonly kernel: Kernel;
  readonly engine: Engine;
  readonly journal: ClosableJournal;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly metrics: NodeMetrics;
  /** Signs checkpoints and engine records. */
  readonly key: PrivateKey;
  readonly origin: string;
  /** Records from here on, in order; gives what ends it. */
  onRecord(listener: RecordListener): () => void;
  /** Open effects at once, then every change; gives what ends it. */
  onEffect(listener: EffectListener): () => void;
  /** Installs what is new or changed in these folders; gives the charts that were installed. */
  installCharts(folders: readonly string[]): Promise<readonly CompiledChart[]>;
  /** Finishes what is under way, takes a snapshot, gives the folder back. */
  /** Rejects with a `JournalError` where the disk failed in the stop, or at the last snapshot before it. */
  close(): Promise<void>;
}

/**
 * Opens the journal, recovers the state, starts the engine. Rejects with `NodeProblem` or `KeyProblem` where the folder is
 * not one of ours, `JournalLocked` where another process has it, `CorruptJournal` and other `JournalError`s as the
 * journal says.
 */
export async function openNode(options: NodeOptions): Promise<RunningNode> {
  const paths = dataFolder(options.folder);
  if (!existsSync(paths.nodeKey))
    throw new NodeProblem(
      `${options.folder} is no data folder of Swoosh: ${paths.nodeKey} is missing; make one with swoosh init --data ${options.folder}`,
    );
  mustSuit(paths, options.testPorts);
  const place = realpathSync(options.folder);
  // The journal's lock tells processes apart; within this one nobody else does.
  if (openHere.has(place))
    throw new NodeProblem(
      `${options.folder} is open in this process already; close that node first`,
    );
  openHere.add(place);
  try {
    return await openAt(options, place);
  } catch (error) {
    openHere.delete(place);
    throw error;
  }
}

/** Data folders that are open in this process, by their real paths. */
const openHere = new Set<string>();

async function openAt(options: NodeOptions, place: string): Promise<RunningNode> {
  const { kernel = createServerKernel(), testPorts } = options;
  const clock = options.clock ?? testPorts?.clock ?? systemClock;
  const begunMs = performance.now();
  const metrics = new NodeMetrics();
  const paths = dataFolder(resolve(options.folder));
  const key = readKeyFile(paths.nodeKey);
  const journal = await openJournal({
    folder: paths.journal,
    kind: options.journalKind ?? "file",
    nodeId: key.publicKey,
    disk: timedDisk(nodeDisk, metrics),
    segmentBytes: options.segmentBytes,
    onNote: options.onNote ?? (() => {}),
  });
  const blobs = new BlobStore(paths.blobs);
  const hub = new RecordHub(options.onDefect ?? (() => {}));
  // Before the engine begins: what became due meanwhile is recorded at once.
  hub.onRecord(({ text }) => metrics.noteRecord(text));
  const crypto = new ThreadedCrypto(key, async (hash) => blobs.has(hash));
  try {
    const genesis =
      options.genesis === undefined
        ? {}
        : { genesis: { ...options.genesis, identityChart: identityChart(kernel) } };
    const ports = {
      clock,
      journal: meteredJournal(journal, metrics),
      crypto,
      random: testPorts?.random ?? systemRandom,
      transport: hub,
    };
    const engine = await createEngine(kernel, ports, { ...options.engine, ...genesis });
    keepRedactions({ hub, instances: engine.instances(), blobs, folder: paths.folder });
    const seconds = (performance.now() - begunMs) / 1000;
    metrics.noteOpened(seconds, engine.state, engine.instances());
    return {
      folder: paths.folder,
      kernel,
      engine,
      journal,
      crypto,
      clock,
      blobs,
      metrics,
      key,
      origin: engine.state.origin,
      onRecord: (listener) => hub.onRecord(listener),
      onEffect: (listener) => hub.onEffect(listener),
      installCharts: (folders) => installCharts(kernel, engine, folders),
      async close() {
        try {
          await engine.stop();
          await journal.close();
          // A snapshot that fails loses nothing and fences nothing, but the journal has ended by it: no clean stop.
          const { snapshotFailure } = metrics;
          if (engine.status().fence === null && isEnd(snapshotFailure)) throw snapshotFailure;
        } finally {
          await crypto.close();
          openHere.delete(place);
        }
      },
    };
  } catch (error) {
    await Promise.allSettled([journal.close(), crypto.close()]);
    throw error;
  }
}

function isEnd(failure: unknown): failure is JournalError {
  return failure instanceof JournalError && !failure.retryable;
}

function identityChart(kernel: Kernel): CompiledChart {
  const path = join(SHIPPED_CHARTS, "identity.yaml");
  const { chart } = kernel.loadChartText(readFileSync(path, "utf8"));
  if (chart === undefined) throw new NodeProblem(`${path} does not load; reinstall Swoosh`);
  return chart;
}

/** A chart that is installed already under the same hash is left alone. */
async function installCharts(
  kernel: Kernel,
  engine: Engine,
  folders: readonly string[],
): Promise<readonly CompiledChart[]> {
  const installed: CompiledChart[] = [];
  const charts = readCharts(kernel, folders, (name) => engine.state.chart(name));
  for (const chart of charts) {
    if (engine.state.chart(chart.name)?.hash === chart.hash) continue;
    const answer = await engine.act.installChart(chart);
    if (answer.kind === "refused")
      throw refusalError(
        answer.refused.code,
        `chart ${chart.name}: ${answer.refused.reasons.join("; ")}`,
      );
    installed.push(chart);
  }
  return installed;
}
