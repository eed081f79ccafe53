import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { parseCheckpoint } from "@swoosh/kernel";
import { nodeHasher, SeededRandom } from "@swoosh/kernel/testing";
import { createClient, createWebPorts, createWebSigner, SdkError, type Client } from "@swoosh/sdk";
import { HistoryRecorder } from "../history/history-recorder.ts";
import type { HistoryOp } from "../history/history.ts";
import { wishOf } from "../proposals.ts";
import { recordedHttp } from "./recorded-http.ts";

/** What this program is told, as JSON in its one argument. */
export interface NetClientTask {
  readonly url: string;
  /** File of the key that signs. */
  readonly key: string;
  /** File to which its report goes. */
  readonly report: string;
  /** Tries of one operation. */
  readonly attemptsMax: number;
  readonly seed: number;
}

export interface NetClientReport {
  readonly ops: readonly HistoryOp[];
  /** What was thrown: each would have to be looked at by somebody. */
  readonly givenUp: readonly string[];
  /** Head of the log when all was done. */
  readonly head: { readonly size: number; readonly root: string };
}

/** Clients at work at the same time. */
const LANES = 4;
/** ms of the last pause between two tries, and of all tries together: a cut is over long before. */
const RETRY_LAST_MS = 300;
const RETRY_TOTAL_MS = 300_000;
/** Wishes of a lane before it turns to other orders and carts. */
const WISHES = 30;

/**
 * Runs on the clients' side of a link: SDK clients that propose and read until SIGTERM, and say of each delivery in one word
 * what became of it. Then everything that they did and heard is written to a file.
 */
async function main(task: NetClientTask): Promise<void> {
  let isOver = false;
  process.once("SIGTERM", () => (isOver = true));
  const recorder = new HistoryRecorder(() => Date.now());
  const signer = await createWebSigner(globalThis, { pem: readFileSync(task.key, "utf8") });
  const plain = createWebPorts(globalThis, { hasher: nodeHasher });
  const clientOf = (name: string): Client => {
    const http = recordedHttp(plain.http, {
      name,
      recorder,
      heard: (word) => process.stdout.write(`${word}\n`),
    });
    const { attemptsMax } = task;
    const retry = {
      attemptsMax,
      lastMs: RETRY_LAST_MS,
      totalMs: RETRY_TOTAL_MS,
      // A refusal that some beat may cure is an answer as any other: there is enough else to propose.
      waitForBeat: false,
    };
    return createClient({ url: task.url, signer, ports: { ...plain, http }, retry });
  };
  const instances = new Set<string>();
  const givenUp: string[] = [];
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const client = clientOf(`n${lane}`);
    const random = new SeededRandom(task.seed * LANES + lane);
    for (let count = 0; !isOver; count += 1) {
      const wish = wishOf(random, {
        exists: (instance) => instances.has(instance),
        generation: `-${Math.floor(count / WISHES)}`,
      });
      const { inputs, instance, transition, window } = wish;
      try {
        if (random.chance(20)) await client.state(instance);
        const options = window === undefined ? {} : { windowId: window };
        const answer = await client.propose(instance, transition, inputs, options);
        if (answer.kind === "accepted") instances.add(instance);
      } catch (error) {
        if (!(error instanceof SdkError)) throw error;
        givenUp.push(`${error.code}: ${error.message}`);
      }
    }
  });
  await Promise.all(lanes);
  const head = parseCheckpoint(await (await fetch(`${task.url}/log/checkpoint`)).text());
  if (!head.ok) throw new Error(`no checkpoint: ${head.problem}`);
  const { root, size } = head.checkpoint;
  const report: NetClientReport = { ops: recorder.ops, givenUp, head: { root, size } };
  writeFileSync(task.report, JSON.stringify(report));
}

const task: NetClientTask = JSON.parse(process.argv[2] ?? "");
await main(task);
