import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeCrypto, nodeHasher, SeededRandom } from "@swoosh/kernel/testing";
import { createServerKernel, readFolder } from "@swoosh/server/verify";
import { initNode } from "@swoosh/server";
import { checkHistory, type HistoryVerdict } from "../history/check-history.ts";
import { HistoryRecorder } from "../history/history-recorder.ts";
import { OPEN_CODES, type ProposeOp } from "../history/history.ts";
import type { Judge } from "../history/recompute.ts";
import { LiveClient, operatorOf, type LiveAim } from "./live-client.ts";
import { CHARTS, startServer, type Ended, type LiveServer } from "./live-server.ts";
import { followStream } from "./follow-stream.ts";

/** One life of the server: with a fault, or to its clean end. */
export interface Life {
  /** e.g. `fdatasync:signal=KILL:when=3`. */
  readonly inject?: readonly string[];
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
}

export interface SweepReport {
  readonly lives: readonly LifeReport[];
  readonly verdict: HistoryVerdict;
  readonly acknowledged: number;
  /** Answers that never came. */
  readonly unknown: number;
}

const CLIENTS = 6;

/** Makes a data folder once, for sweeps to begin with a copy of it. */
export async function prepareFolder(folder: string): Promise<void> {
  await initNode({ folder, charts: CHARTS, segmentBytes: 16_384 });
}

/**
 * Lives one after the other on one folder, with the same clients: after each death they send again what they never heard
 * of. In the end the whole history is checked against the log.
 */
export async function sweepLives(prepared: string, lives: readonly Life[]): Promise<SweepReport> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-sweep-"));
  const data = join(root, "data");
  cpSync(prepared, data, { recursive: true });
  const sweep = new LifeSweep(data);
  try {
    const reports: LifeReport[] = [];
    for (const life of lives) reports.push(await sweep.live(life));
    return { lives: reports, ...(await sweep.judge()) };
  } finally {
    sweep.end();
    rmSync(root, { recursive: true });
  }
}

class LifeSweep {
  readonly #data: string;
  readonly #recorder = new HistoryRecorder(() => Date.now());
  readonly #instances = new Set<string>();
  #lives = 0;
  #pauses = 0;
  #server: LiveServer | null = null;

  constructor(data: string) {
    this.#data = data;
  }

  async live(life: Life): Promise<LifeReport> {
    this.#lives += 1;
    this.#pauses = 0;
    const server = startServer({ data: this.#data, inject: life.inject ?? [] });
    this.#server = server;
    const url = await server.url;
    // One that never took proposals, or takes none any more, is ending by itself: a signal now would hide how.
    const isAsked = url !== null && (await this.#load(url, life));
    if (isAsked) server.process.kill("SIGTERM");
    const ended = await server.ended;
    return { ...ended, life, wasReady: url !== null, pauses: this.#pauses, said: server.said() };
  }

  /** The log as it is on the disk, against everything that anybody heard. */
  async judge(): Promise<Omit<SweepReport, "lives">> {
    const log = [...readFolder(this.#data)];
    const { ops } = this.#recorder;
    const proposed = ops.filter((op) => op.kind === "propose");
    return {
      verdict: await checkHistory(judgeOf(this.#data), { ops, log }),
      acknowledged: proposed.filter(({ answer }) => answer?.kind === "accepted").length,
      unknown: proposed.filter(isOpen).length,
    };
  }

  end(): void {
    this.#server?.process.kill("SIGKILL");
  }

  /** Gives whether all was done; else the server was gone before. */
  async #load(url: string, life: Life): Promise<boolean> {
    const { origin } = await healthOf(url);
    const aim: LiveAim = {
      url,
      origin,
      signer: operatorOf(this.#data),
      recorder: this.#recorder,
      instances: this.#instances,
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
        for (const op of unheard.filter((_, place) => place % CLIENTS === n))
          if ((await client.propose(op.request)).answer === null) return;
        await client.run(isOver);
      }),
    );
    listening.abort();
    await stream;
    return isOver();
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

/** Decides again with the server's own kernel and real signatures; charts come from the folder. */
export function judgeOf(data: string): Judge {
  return {
    kernel: createServerKernel(),
    crypto: createNodeCrypto({ hasher: nodeHasher, seed: new Uint8Array(32) }),
    chart: (hash) => {
      const path = join(data, "journal", "evidence", `${hash}.json`);
      return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    },
  };
}

export async function healthOf(url: string): Promise<{ readonly origin: string }> {
  const text = await (await fetch(`${url}/health`)).text();
  const health: { readonly origin: string } = JSON.parse(text);
  return health;
}
