import { resolve } from "node:path";
import process from "node:process";
import { JournalError, type CompiledChart } from "@swoosh/kernel";
import type { Problem } from "@swoosh/protocol";
import { readProxies, type ProxyTrust } from "../http/client-address.ts";
import type { RunningServer } from "../http/serve.ts";
import type { TenantLimits } from "../http/tenant-limiter.ts";
import { CorruptJournal } from "../journal/corrupt-journal.ts";
import { tellEmbedder } from "../memory/tell-embedder.ts";
import { isBegun, isFresh } from "../node/begun-folder.ts";
import { dataFolder } from "../node/data-folder.ts";
import { initNode } from "../node/init-node.ts";
import { JOURNAL_KINDS, type JournalKind } from "../node/open-journal.ts";
import { openNode, type RunningNode } from "../node/open-node.ts";
import { createTestPorts, readTestScript, type TestPorts } from "../node/test-ports.ts";
import { createScreen } from "../screen/create-screen.ts";
import type { Screen } from "../screen/screen.ts";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { Settings } from "../settings/read-settings.ts";
import { tellCollector } from "../trace/tell-collector.ts";
import type { Tracing } from "../trace/tracing.ts";
import { openWhoosh } from "../whoosh/open-whoosh.ts";
import { announceServer } from "./announced-server.ts";
import { defectText } from "./defect-text.ts";
import { keepSnapshots } from "./keep-snapshots.ts";
import { listen } from "./listen.ts";
import { memorySettingsOf } from "./memory-settings-of.ts";
import type { Log } from "./log.ts";
import { logAccepted, RefusalLog } from "./log-transitions.ts";
import { SnapshotFollowUps } from "./snapshot-follow-ups.ts";
import { listenForStop } from "./stop-signal.ts";
import { readTls, reloadTls } from "./tls-files.ts";

export { boundOldGeneration } from "../node/bound-old-generation.ts";

export interface RunIo {
  readonly log: Log;
  /** Where the log is kept too, for those who look for it by the data folder. */
  readonly logFile?: string | undefined;
  /** One line of JSON when the server takes proposals; under `--test-ports` also whenever its clock was set. */
  ready(line: string): void;
  /** Resolves when somebody wants the server to stop; `SIGTERM`, `SIGINT` and a terminal that goes do too. */
  readonly stopAsked?: Promise<void>;
  /** Starts what works beside the server, before it is ready; stopped before the server is. */
  beside?(
    node: RunningNode,
    server: RunningServer,
    screen: Screen,
  ): Promise<{ stop(): Promise<void> }>;
}

/** How a run ended: 0 stopped as asked, 4 fenced or corrupt (the process contract). */
export type RunCode = 0 | 4;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * `swoosh up`: opens the data folder (an empty one is initialised), installs charts, serves until it is asked to stop or
 * the engine fences itself. Rejects with `SettingProblem`, `NodeProblem`, `KeyProblem`, `JournalLocked`, `ChartRefused` or
 * the system's own error where it cannot begin.
 */
export async function runServer(settings: Settings, io: RunIo): Promise<RunCode> {
  const { memory, proxies, tls } = checked(settings);
  const folder = settings.text("data");
  const segmentBytes = settings.optionalInteger("segment-bytes");
  const journalKind = kindOf(settings);
  const testPorts = testPortsOf(settings, io);
  let node: RunningNode;
  let charts: readonly CompiledChart[];
  try {
    await initWhereEmpty(settings, { log: io.log, testPorts });
    node = await openNode({
      folder,
      journalKind,
      testPorts,
      ...(segmentBytes === undefined ? {} : { segmentBytes }),
      onDefect: (error) => logDefect(io.log, error),
      onNote: (message) => io.log("warn", message),
    });
    charts = await installed(node, [SHIPPED_CHARTS, ...settings.list("charts")]);
  } catch (error) {
    if (!(error instanceof JournalError) || error.code === "full") throw error;
    io.log("error", error.message, placeOf(error));
    return 4;
  }
  for (const { name, version } of charts)
    io.log("info", `chart ${name} version ${version} installed`);
  const metricsToken = settings.secret("metrics-token");
  void tellEmbedder(memory, io.log);
  const tracing = await tracingOf(settings, node, io.log);
  const whoosh = await openWhoosh(settings, node);
  const refusals = new RefusalLog(io.log, () => node.clock.now());
  if (settings.text("log-level") === "debug") logAccepted(node, io.log);
  const screen = createScreen(folder);
  const options = {
    screen,
    memory,
    onRefusal: (text: string, problem: Problem, from: string | null) =>
      refusals.note(text, problem, from),
    proxies,
    host: settings.text("host"),
    port: settings.integer("port"),
    limits: limitsOf(settings),
    onDefect: (error: unknown) => logDefect(io.log, error),
    ...(tls === undefined ? {} : { tls }),
    ...(whoosh === undefined ? {} : { whoosh }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(tracing === undefined ? {} : { tracing }),
  };
  const server = await listen(node, options, settings.isDefault("port"));
  if (settings.isDefault("port") && server.port !== options.port)
    io.log("info", `port ${options.port} is taken; this server is at ${server.url}`);
  const followUps = new SnapshotFollowUps({
    folder,
    copyTo: settings.optionalText("snapshot-copy-to"),
    hook: settings.optionalText("snapshot-hook"),
    boundMs: settings.integer("snapshot-hook-seconds") * 1_000,
    onFailure: (reason) => io.log("warn", reason),
  });
  keepSnapshots(node, {
    everyRecords: settings.integer("snapshot-records"),
    onTaken: (index) => followUps.begin(index),
    onFailure: (reason) => io.log("warn", `a snapshot failed: ${reason}`),
  });
  const beside = await io.beside?.(node, server, screen);
  const code = await serveUntilStopped(node, { server, beside, settings }, io);
  refusals.tellLeftOut();
  await followUps.stop();
  return code;
}

/** What can be told to be wrong before a folder is touched. */
function checked(settings: Settings) {
  checkHost(settings);
  return {
    memory: memorySettingsOf(settings),
    proxies: proxiesOf(settings),
    tls: readTls(settings),
  };
}

/** Where that fails, the process ends: nothing of the node may hold it. */
async function installed(
  node: RunningNode,
  folders: readonly string[],
): Promise<readonly CompiledChart[]> {
  try {
    return await node.installCharts(folders);
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** Off unless a collector is named: then, and only then, the libraries for it are loaded. */
async function tracingOf(
  settings: Settings,
  node: RunningNode,
  log: Log,
): Promise<Tracing | undefined> {
  const url = settings.optionalText("otlp-url");
  if (url === undefined) return undefined;
  const headers = settings.secret("otlp-headers");
  const { createOtlpTracing } = await import("../trace/otlp-tracing.ts");
  const tracing = createOtlpTracing({ url, headers, origin: node.origin });
  // A collector that is away holds nothing up.
  void tellCollector({ url, headers }, log);
  return tracing;
}

interface Running {
  readonly settings: Settings;
  readonly server: RunningServer;
  readonly beside: { stop(): Promise<void> } | undefined;
}

async function serveUntilStopped(
  node: RunningNode,
  { beside, server, settings }: Running,
  io: RunIo,
): Promise<RunCode> {
  const signals = listenForStop({
    isOnTerminal: process.stdin.isTTY === true || process.stderr.isTTY === true,
    reload: () => reloadTls(server, settings, io.log),
  });
  // Behind the handlers: whoever reads these lines may send a signal at once.
  const takeBack = announced(node, server, io);
  io.ready(readyLine(node, server));
  const asked = io.stopAsked?.then(() => "asked to");
  const fenced = node.engine.fenced.then((fence) => ({ fence }));
  const end = await Promise.race([signals.asked, fenced, ...(asked === undefined ? [] : [asked])]);
  if (typeof end === "string") io.log("info", `stopping (${end})`);
  else io.log("error", `fenced: ${end.fence.message}`, { cause: end.fence.cause });
  await beside?.stop();
  // Where it is fenced, what waits is answered so first; the folder is left as it is for the next start to read.
  takeBack();
  await server.stop();
  signals.forget();
  if (typeof end !== "string") return 4;
  io.log("info", "stopped");
  return 0;
}

/** So that the folder's commands find it, whatever its port. It serves as well where the disk does not take that. */
function announced(node: RunningNode, { url }: RunningServer, { log, logFile }: RunIo): () => void {
  try {
    const file = logFile === undefined ? undefined : resolve(logFile);
    return announceServer(node.folder, { url, since: node.clock.now(), logFile: file });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log("warn", `others need --url ${url}: it cannot be written into the data folder (${why})`);
    return () => {};
  }
}

function kindOf(settings: Settings): JournalKind {
  const given = settings.text("journal-kind");
  const kind = JOURNAL_KINDS.find((one) => one === given);
  if (kind !== undefined) return kind;
  throw new SettingProblem(
    `journal-kind is ${settings.shown("journal-kind")}; ${JOURNAL_KINDS.join(" or ")} is expected`,
  );
}

function checkHost(settings: Settings): void {
  const host = settings.text("host");
  const isSecret = settings.optionalText("tls-cert") !== undefined;
  if (LOOPBACK.has(host) || isSecret || settings.switch("insecure")) return;
  throw new SettingProblem(
    `host ${settings.shown("host")} can be reached from outside; give --tls-cert and --tls-key, or --insecure where the network itself is trusted`,
  );
}

function limitsOf(settings: Settings): TenantLimits {
  return {
    perSecond: settings.integer("tenant-rate"),
    strangersPerSecond: settings.integer("stranger-rate"),
    strangersPerAddress: settings.integer("stranger-address-rate"),
  };
}

function proxiesOf(settings: Settings): ProxyTrust {
  const read = readProxies(settings.list("trusted-proxies"));
  if (read.ok) return read.trust;
  throw new SettingProblem(
    `trusted-proxies has ${JSON.stringify(read.wrong)}; addresses like 10.0.0.7 and networks like 10.0.0.0/8 or fd00::/8 are expected`,
  );
}

/** Of a test. Its file is read again at each SIGUSR2, and what the clock reads from then on is said as a line of JSON. */
function testPortsOf(settings: Settings, io: RunIo): TestPorts | undefined {
  const path = settings.optionalText("test-ports");
  if (path === undefined) return undefined;
  const ports = createTestPorts(readTestScript(path));
  process.on("SIGUSR2", () => {
    const { nowMs } = readTestScript(path);
    ports.clock.set(nowMs);
    io.ready(JSON.stringify({ clock: nowMs }));
  });
  io.log("warn", "test-ports: this server is one of a test, and its keys are no secret");
  return ports;
}

async function initWhereEmpty(
  settings: Settings,
  { log, testPorts }: { readonly log: Log; readonly testPorts: TestPorts | undefined },
): Promise<void> {
  const folder = settings.text("data");
  const segmentBytes = settings.optionalInteger("segment-bytes");
  const paths = dataFolder(folder);
  if (!isFresh(paths)) return;
  if (isBegun(paths)) log("info", `${folder} was left half-made by a crash: it is finished now`);
  const report = await initNode({
    folder,
    name: settings.text("name"),
    charts: settings.list("charts"),
    journalKind: kindOf(settings),
    testPorts,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  });
  log("info", `${folder} was empty: a new log begins`, {
    origin: report.origin,
    operator: report.operator,
    operatorKeyFile: report.operatorKeyFile,
    firstLeaf: report.firstLeaf,
  });
}

function readyLine(node: RunningNode, server: RunningServer): string {
  return JSON.stringify({
    ready: true,
    url: server.url,
    origin: node.origin,
    data: node.folder,
    pid: process.pid,
  });
}

function placeOf(error: Error): Readonly<Record<string, unknown>> {
  if (!(error instanceof CorruptJournal)) return {};
  const { file, index, offset } = error;
  return { file, index, offset };
}

function logDefect(log: Log, error: unknown): void {
  log("error", `a defect of the server: ${defectText(error)}`);
}
