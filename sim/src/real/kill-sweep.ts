import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createNodeCrypto, nodeHasher, SeededRandom, type Signer } from "@swoosh/kernel/testing";
import { createServerKernel, readFolder } from "@swoosh/server/verify";
import { initNode } from "@swoosh/server";
import { readLevelFolder } from "@swoosh/server/level-folder";
import { checkHistory, type HistoryVerdict } from "../history/check-history.ts";
import { HistoryRecorder } from "../history/history-recorder.ts";
import { OPEN_CODES, type ProposeOp } from "../history/history.ts";
import type { Judge } from "../history/recompute.ts";
import { EvidenceBook, EvidenceClient } from "./evidence-client.ts";
import { InStep } from "./in-step.ts";
import { LiveClient, operatorOf, type LiveAim } from "./live-client.ts";
import {
  CHARTS,
  startServer,
  type Ended,
  type JournalKind,
  type LiveServer,
  type StartOptions,
} from "./live-server.ts";
import { followStream } from "./follow-stream.ts";
import { nthCallIn, type TracedCall, type Tracing } from "./strace.ts";

/** A data folder that sweeps begin with a copy of. */
export interface Prepared {
  readonly folder: string;
  readonly journalKind: JournalKind;
  /** How often servers on it rotate and take snapshots; unless given, after a dozen records and every forty. */
  readonly pace?: Pick<StartOptions, "segmentBytes" | "snapshotRecords">;
}

/** One life of the server: with a fault, or to its clean end. */
export interface Life {
  readonly fault?: Omit<Tracing, "log"> & {
    /** The call that is killed or failed. */
    readonly call: string;
    readonly nth: number;
  };
  /** Transitions after which it is stopped by SIGTERM, if it lives so long. */
  readonly transitions: number;
  /** It is stopped (SIGSTOP) after every so many answers, and goes on by itself this much later, ms. */
  readonly pause?: { readonly everyOps: number; readonly ms: number };
}

export interface LifeReport extends Ended {
  readonly life: Life;
  /** Whether it ever took proposals. */
  readonly wasReady: boolean;
  /** How often it stood still, and was seen to when it was let go on. */
  readonly pauses: number;
  readonly said: string;
  /** The call that its fault was about; undefined where it lived too short or too little for it. */
  readonly struck: TracedCall | undefined;
}

export interface SweepReport {
  readonly lives: readonly LifeReport[];
  readonly verdict: HistoryVerdict;
  readonly acknowledged: number;
  /** Answers that never came. */
  readonly unknown: number;
  readonly evidence: {
    /** Acknowledged. */
    readonly kept: number;
    /** Whatever of it was lost, or is there by half. */
    readonly findings: readonly string[];
  };
}

/** They propose at the same moment, so that there are batches of many records, and kills in the middle of them. */
const CLIENTS = 12;

/** Makes a data folder once. */
export async function prepareFolder(
  folder: string,
  journalKind: JournalKind = "file",
): Promise<Prepared> {
  await initNode({ folder, charts: CHARTS, segmentBytes: 16_384, journalKind });
  return { folder, journalKind };
}

/**
 * Lives one after the other on one folder, with the same clients: after each death they send again what they never heard
 * of; no more of them where `isOver`. In the end the whole history is checked against the log, and what was put as
 * evidence against the store.
 */
export async function sweepLives(
  prepared: Prepared,
  lives: readonly Life[],
  isOver: (reports: readonly LifeReport[]) => boolean = () => false,
): Promise<SweepReport> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-sweep-"));
  const data = join(root, "data");
  cpSync(prepared.folder, data, { recursive: true });
  const sweep = new LifeSweep({ ...prepared, folder: data });
  try {
    const reports: LifeReport[] = [];
    for (const life of lives) {
      reports.push(await sweep.live(life, join(root, "calls")));
      if (isOver(reports)) break;
    }
    return { lives: reports, ...(await sweep.judge()) };
  } finally {
    sweep.end();
    rmSync(root, { recursive: true });
  }
}

class LifeSweep {
  readonly #prepared: Prepared;
  readonly #data: string;
  readonly #recorder = new HistoryRecorder(() => Date.now());
  readonly #instances = new Set<string>();
  readonly #evidence = new EvidenceBook();
  #lives = 0;
  #pauses = 0;
  #server: LiveServer | null = null;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    this.#data = prepared.folder;
  }

  /** `log`: where its calls are written down. */
  async live(life: Life, log: string): Promise<LifeReport> {
    this.#lives += 1;
    this.#pauses = 0;
    const { fault } = life;
    rmSync(log, { force: true });
    const tracing = fault === undefined ? undefined : { ...fault, log };
    const { journalKind, pace } = this.#prepared;
    const server = startServer({ data: this.#data, journalKind, tracing, ...pace });
    this.#server = server;
    const url = await server.url;
    // One that never took proposals, or takes none any more, is ending by itself: a signal now would hide how.
    const isAsked = url !== null && (await this.#load(url, life));
    if (isAsked) server.process.kill("SIGTERM");
    const ended = await server.ended;
    await server.traced;
    const struck =
      fault === undefined ? undefined : nthCallIn(readFileSync(log, "utf8"), fault.call, fault.nth);
    const { said } = server;
    return {
      ...{ ...ended, life, struck },
      ...{ wasReady: url !== null, pauses: this.#pauses, said: said() },
    };
  }

  /** The log and the evidence as they are on the disk, against everything that anybody heard. */
  async judge(): Promise<Omit<SweepReport, "lives">> {
    const { judge, log } = await openJudged(this.#prepared);
    const { ops } = this.#recorder;
    const proposed = ops.filter((op) => op.kind === "propose");
    const { findings, kept } = this.#evidence;
    checkStore(join(this.#data, "blobs"), this.#evidence);
    return {
      verdict: await checkHistory(judge, { ops, log }),
      acknowledged: proposed.filter(({ answer }) => answer?.kind === "accepted").length,
      unknown: proposed.filter(isOpen).length,
      evidence: { kept: kept.size, findings },
    };
  }

  end(): void {
    this.#server?.process.kill("SIGKILL");
  }

  /** Gives whether all was done; else the server was gone before. */
  async #load(url: string, life: Life): Promise<boolean> {
    const origin = await originOf(url);
    if (origin === null) return false;
    const signer = operatorOf(this.#data);
    const evidence = await this.#readEvidence(url, { origin, signer });
    const step = new InStep(CLIENTS);
    const aim: LiveAim = {
      ...{ url, origin, signer, recorder: this.#recorder, instances: this.#instances },
      beside: async () => evidence === null || (await evidence.put()),
      together: () => step.arrive(),
    };
    const before = this.#recorder.ops.length;
    const unheard = this.#unheard();
    const pausing = this.#pausing(life);
    const isOver = (): boolean =>
      pausing() ||
      this.#recorder.ops.length - before > 10 * life.transitions ||
      this.#acceptedSince(before) >= life.transitions;
    const listening = new AbortController();
    const stream = followStream(url, {
      name: `s${this.#lives}`,
      from: this.#lives % 2 === 0 ? 0 : before % 7,
      recorder: this.#recorder,
      signal: listening.signal,
    });
    const clients = Array.from({ length: CLIENTS }, (_, n) => {
      const random = new SeededRandom(this.#lives * 1_000 + n);
      return { client: new LiveClient(`c${this.#lives}-${n}`, aim, random), n };
    });
    await Promise.all(
      clients.map(async ({ client, n }) => {
        const own = unheard.filter((_, place) => place % CLIENTS === n);
        try {
          if (await client.sendAgain(own)) await client.run(isOver);
        } finally {
          step.leave();
        }
      }),
    );
    listening.abort();
    await stream;
    return isOver();
  }

  /** What was put in the life before is there again, or is there whole, or is not: as it was told. */
  async #readEvidence(
    url: string,
    about: { readonly origin: string; readonly signer: Signer },
  ): Promise<EvidenceClient | null> {
    const book = this.#evidence;
    const random = new SeededRandom(this.#lives);
    const client = await EvidenceClient.open(url, { ...about, book, random });
    await client?.readAll(book.takeFresh());
    await client?.put();
    return client;
  }

  /** Is asked before each proposal; gives false, for a pause is no end. */
  #pausing({ pause }: Life): () => boolean {
    let asked = 0;
    return () => {
      asked += 1;
      const server = this.#server?.process;
      if (pause === undefined || asked % pause.everyOps !== 0) return false;
      server?.kill("SIGSTOP");
      setTimeout(() => {
        if (isStopped(server?.pid)) this.#pauses += 1;
        server?.kill("SIGCONT");
      }, pause.ms);
      return false;
    };
  }

  /** What nobody was told about, under no later delivery either. */
  #unheard(): readonly ProposeOp[] {
    const told = new Set<string>();
    const open = new Map<string, ProposeOp>();
    for (const op of this.#recorder.ops) {
      if (op.kind !== "propose") continue;
      if (isOpen(op)) open.set(op.request, op);
      else told.add(op.request);
    }
    return [...open.values()].filter(({ request }) => !told.has(request));
  }

  #acceptedSince(place: number): number {
    let count = 0;
    for (const op of this.#recorder.ops.slice(place))
      if (op.kind === "propose" && op.answer?.kind === "accepted" && !op.answer.replayed)
        count += 1;
    return count;
  }
}

/** Does the kernel say that the process is stopped by a signal? The state stands behind the name, which may hold anything. */
function isStopped(pid: number | undefined): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
  } catch {
    return false;
  }
}

function isOpen({ answer }: ProposeOp): boolean {
  return answer === null || (answer.kind === "refused" && OPEN_CODES.has(answer.code));
}

/** What is on the disk, and who judges by it. A journal in LevelDB can be read by itself alone. */
async function openJudged({ folder, journalKind }: Prepared): Promise<{
  readonly log: readonly string[];
  readonly judge: Judge;
}> {
  if (journalKind === "file") return { log: [...readFolder(folder)], judge: judgeOf(folder) };
  const { evidence, log } = await readLevelFolder(folder);
  return { log, judge: judgeWith(evidence) };
}

/** Everything that bears its name in the store, and nothing that was acknowledged is missing. */
function checkStore(folder: string, book: EvidenceBook): void {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = new Map(
    names
      .filter((name) => /(?:^|\/)sha256-[0-9a-f]{64}$/u.test(name))
      .map((name) => [basename(name), readFileSync(join(folder, name))]),
  );
  for (const hash of new Set([...found.keys(), ...book.kept.keys()]))
    book.check(hash, found.get(hash));
}

/** Charts come from the folder. */
export function judgeOf(data: string): Judge {
  return judgeWith((hash) => {
    const path = join(data, "journal", "evidence", `${hash}.json`);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  });
}

/** Decides again with the server's own kernel and real signatures. */
function judgeWith(chart: Judge["chart"]): Judge {
  const crypto = createNodeCrypto({ hasher: nodeHasher, seed: new Uint8Array(32) });
  return { kernel: createServerKernel(), crypto, chart };
}

/** Null where the server is gone already. */
async function originOf(url: string): Promise<string | null> {
  try {
    return (await healthOf(url)).origin;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

export async function healthOf(url: string): Promise<{ readonly origin: string }> {
  const text = await (await fetch(`${url}/health`)).text();
  const health: { readonly origin: string } = JSON.parse(text);
  return health;
}
