import { request } from "node:http";
import process from "node:process";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { hasher } from "../../hasher.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { RawClient } from "./raw-client.ts";

/** What the parent asks for; the answer comes back as one message. */
export interface LoadOrder {
  readonly port: number;
  readonly origin: string;
  readonly keyPem: string;
  readonly mode: "single" | "stream";
  /** Connections of `single`; proposals in flight of `stream`. */
  readonly connections: number;
  readonly instances: number;
  readonly seconds: number;
  /** After so many answers it ends, if that is sooner. */
  readonly proposals?: number;
  /** Makes instances and keys of this run its own. */
  readonly run: string;
}

export interface LoadResult {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  /** ms, sorted. */
  readonly latencies: readonly number[];
  readonly cpuMicros: number;
  readonly firstRefusal: string | null;
}

const NOTE = "n".repeat(60);

process.on("message", (order: LoadOrder) => {
  void (order.mode === "single" ? loadSingle(order) : loadStream(order)).then((result) =>
    process.send?.(result),
  );
});

/** Signs for one instance after another; `seen` is what the last answer said. */
class Counters {
  readonly #key: PrivateKey;
  readonly #order: LoadOrder;
  readonly #seen = new Map<string, string>();
  #number = 0;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#key = PrivateKey.fromPem(order.keyPem);
  }

  next(instance: string): string {
    this.#number += 1;
    const inputs: JsonObject = { n: 1, note: NOTE };
    const body: JsonObject = {
      current_state_hash: this.#seen.get(instance) ?? ABSENT_HASH,
      hlc: formatHlc({ wallMs: Date.now(), counter: 0 }),
      idem_key: `${this.#order.run}:0:add:${this.#number}`,
      inputs_hash: valueHash(hasher, inputs),
      instance,
      origin: this.#order.origin,
      signer: this.#key.identity,
      transition: "Counter_Add",
    };
    return canonicalize({ ...body, inputs, signature: this.#key.sign(PROPOSAL_TYPE, body) });
  }

  answered(instance: string, body: string): void {
    const hash = /"state_post_hash":"([^"]+)"/.exec(body)?.[1];
    if (hash !== undefined) this.#seen.set(instance, hash);
  }
}

async function loadSingle(order: LoadOrder): Promise<LoadResult> {
  const counters = new Counters(order);
  const tally = new Tally(order);
  const each = Math.ceil(order.instances / order.connections);
  await Promise.all(
    Array.from({ length: order.connections }, async (_, connection) => {
      const client = new RawClient(order.port, "/transition");
      for (let turn = 0; !tally.isOver; turn += 1) {
        const instance = `counter/${order.run}-${connection * each + (turn % each)}`;
        const body = counters.next(instance);
        const sentAt = performance.now();
        const answer = await client.post(body);
        tally.add(answer.status, performance.now() - sentAt, answer.body);
        counters.answered(instance, answer.body);
      }
      client.close();
    }),
  );
  return tally.result();
}

/** One connection, many proposals in flight: each answer lets the next one of its instance go. */
async function loadStream(order: LoadOrder): Promise<LoadResult> {
  const counters = new Counters(order);
  const tally = new Tally(order);
  const stream = request({
    host: "127.0.0.1",
    port: order.port,
    path: "/transitions",
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
  });
  const waiting: { readonly instance: string; readonly sentAt: number }[] = [];
  let turn = 0;
  const send = (): void => {
    const instance = `counter/${order.run}-${turn % order.instances}`;
    turn += 1;
    waiting.push({ instance, sentAt: performance.now() });
    stream.write(`${counters.next(instance)}\n`);
  };
  for (let at = 0; at < order.connections; at += 1) send();
  await new Promise<void>((resolve, reject) => {
    stream.on("error", reject);
    stream.on("response", (response) => {
      let rest = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const asked = waiting.shift();
          if (asked === undefined) continue;
          tally.add(
            line.includes('"status":202') ? 202 : 400,
            performance.now() - asked.sentAt,
            line,
          );
          counters.answered(asked.instance, line);
        }
        if (tally.isOver) stream.end();
        else for (let at = 0; at < lines.length; at += 1) send();
      });
      response.on("end", resolve);
    });
  });
  return tally.result();
}

/** Counts after a warm-up of one second. */
class Tally {
  readonly #from = performance.now() + 1_000;
  readonly #until: number;
  readonly #answersMax: number;
  readonly #latencies: number[] = [];
  #accepted = 0;
  #refused = 0;
  #answers = 0;
  #first: string | null = null;
  #cpu: NodeJS.CpuUsage | null = null;

  constructor({ proposals = Infinity, seconds }: LoadOrder) {
    this.#until = this.#from + seconds * 1_000;
    this.#answersMax = proposals;
  }

  get isOver(): boolean {
    return performance.now() >= this.#until || this.#answers >= this.#answersMax;
  }

  add(status: number, ms: number, body: string): void {
    const now = performance.now();
    this.#answers += 1;
    if (status !== 202) {
      this.#refused += 1;
      this.#first ??= body;
    }
    if (now < this.#from || now >= this.#until) return;
    this.#cpu ??= process.cpuUsage();
    if (status === 202) this.#accepted += 1;
    this.#latencies.push(ms);
  }

  result(): LoadResult {
    const cpu = process.cpuUsage(this.#cpu ?? undefined);
    return {
      accepted: this.#accepted,
      refused: this.#refused,
      seconds: (Math.min(performance.now(), this.#until) - this.#from) / 1_000,
      latencies: this.#latencies.toSorted((one, other) => one - other),
      cpuMicros: cpu.user + cpu.system,
      firstRefusal: this.#first,
    };
  }
}
