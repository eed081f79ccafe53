import {
  decodeRecord,
  leafHash,
  World,
  type AcceptedAnswer,
  type CompiledChart,
  type Kernel,
  type ValueHash,
} from "@swoosh/kernel";
import { nodeHasher, type MemoryDisk } from "@swoosh/kernel/testing";
import type { Message } from "./proposals.ts";

/**
 * What must hold whatever happens, told by somebody who shares no state with the engine: a cold replica that replays
 * each durable record, and a memory of everything that was ever answered. Owns the list of violations.
 */
export class Checker {
  readonly violations: string[] = [];
  readonly #kernel: Kernel;
  readonly #disk: MemoryDisk;
  readonly #replica: World;
  /** Durable records as they were first seen: they never change and never go. */
  readonly #known: string[] = [];
  readonly #indexOfKey = new Map<string, number>();
  /** First answer of each key. */
  readonly #answers = new Map<string, string>();

  constructor(kernel: Kernel, disk: MemoryDisk, charts: readonly CompiledChart[]) {
    this.#kernel = kernel;
    this.#disk = disk;
    const shelf = new Map<ValueHash, CompiledChart>(charts.map((chart) => [chart.hash, chart]));
    this.#replica = new World((hash) => shelf.get(hash));
  }

  /** The fold of all durable records. */
  get replica(): World {
    return this.#replica;
  }

  expect(holds: boolean, claim: string): void {
    if (!holds) this.violations.push(claim);
  }

  /** After each step: the log only grew, and every new record is what a replay makes of it (K1–K4, K6, K7). */
  look(): void {
    const { records } = this.#disk;
    for (const [index, text] of this.#known.entries())
      this.expect(records[index] === text, `durability: record ${index} is gone or changed`);
    for (const [index, text] of records.entries())
      if (index >= this.#known.length) this.#take(index, text);
  }

  #take(index: number, text: string): void {
    this.#known.push(text);
    const before = this.#replica.end;
    const replayed = this.#kernel.replay(this.#replica, text);
    if (!replayed.ok) {
      this.expect(
        false,
        `K7: record ${index}, ${replayed.field}: ${replayed.found} for ${replayed.expected}`,
      );
      return;
    }
    const { record } = replayed.accepted;
    this.expect(record.index === index, `K4: record ${record.index} stands at ${index}`);
    this.expect(record.prev === before.leaf, `K4: record ${index} does not follow ${before.leaf}`);
    this.expect(record.at >= before.at, `K2: time goes back at ${index}`);
    for (const head of replayed.accepted.heads) {
      const { instance, seq } = head.document.meta;
      const last = this.#replica.head(instance);
      this.expect(seq === (last?.document.meta.seq ?? 0) + 1, `K3: seq of ${instance} at ${index}`);
      for (const [region, epoch] of Object.entries(last?.document.epoch ?? {})) {
        const step = (head.document.epoch[region] ?? -1) - epoch;
        this.expect(step === 0 || step === 1, `K3: epoch of ${region} of ${instance} at ${index}`);
      }
    }
    const key = record.proposal.idem_key;
    this.expect(!this.#indexOfKey.has(key), `K6: a second record for ${key} at ${index}`);
    this.#indexOfKey.set(key, index);
    this.#replica.apply(replayed.accepted);
  }

  /** K5, and exactly once: what was answered is durable, is about this proposal, and is always the same. */
  answered(message: Message, answer: AcceptedAnswer, sizeAtInvoke: number): void {
    const { index, replayed, text } = answer;
    const name = `message ${message.number}`;
    this.expect(
      index < this.#disk.durable,
      `K5: ${name} was answered with ${index} of ${this.#disk.durable}`,
    );
    this.expect(
      replayed || index >= sizeAtInvoke,
      `real time: ${name} got ${index}, sent at ${sizeAtInvoke}`,
    );
    const first = this.#answers.get(message.key);
    this.expect(first === undefined || first === text, `exactly once: ${name} got another answer`);
    this.#answers.set(message.key, text);
    const stored = this.#disk.records[index] ?? "";
    const decoded = decodeRecord(stored);
    const body = decoded.ok ? decoded.record.proposal : undefined;
    const operation = [body?.instance, body?.transition, body?.inputs_hash, body?.signer].join(" ");
    this.expect(
      body?.idem_key === message.key && operation === message.operation,
      `exactly once: ${name} was answered with the record of ${body?.idem_key ?? "nobody"}`,
    );
    this.expect(
      text.includes(leafHash(nodeHasher, stored)),
      `exactly once: the answer to ${name} names another record`,
    );
  }

  /** K5: a record left the engine. */
  departed(index: number, leaf: string): void {
    this.expect(
      index < this.#disk.durable,
      `K5: record ${index} left, ${this.#disk.durable} are durable`,
    );
    const stored = this.#disk.records[index] ?? "";
    this.expect(
      leafHash(nodeHasher, stored) === leaf,
      `K5: another record ${index} left than is durable`,
    );
  }

  /** What every message came to: at most one record, whether anybody heard of it or not. */
  indexOf(key: string): number | undefined {
    return this.#indexOfKey.get(key);
  }
}
