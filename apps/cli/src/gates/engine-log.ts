import { randomUUID } from "node:crypto";
import type { Recorded } from "@swoosh/gates";
import type { Engine } from "@swoosh/kernel";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  type JsonObject,
} from "@swoosh/kernel/values";
import { hasher } from "../hasher.ts";
import { valueHash } from "@swoosh/kernel/values";
import type { GatesLog, LogAnswer, Proposing } from "./gates-store.ts";
import { nodeClock, type KeyHolder } from "./node-ports.ts";

/** Records read at once. */
const PAGE_RECORDS = 1_000;

/** An engine of our own over files: no server. */
export class EngineLog implements GatesLog {
  readonly #engine: Engine;
  readonly #closeJournal: () => Promise<void>;

  constructor(engine: Engine, closeJournal: () => Promise<void>) {
    this.#engine = engine;
    this.#closeJournal = closeJournal;
  }

  get origin(): string {
    return this.#engine.state.origin;
  }

  at(): number {
    return Math.max(nodeClock.now(), this.#engine.status().at);
  }

  head(instance: string): Recorded | undefined {
    const document = this.#engine.state.head(instance)?.document;
    return document === undefined
      ? undefined
      : { configuration: document.configuration, context: document.context };
  }

  async propose(by: KeyHolder, about: Proposing): Promise<LogAnswer> {
    const { instance, transition, inputs } = about;
    const head = this.#engine.state.head(instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const own = { wallMs: nodeClock.now(), counter: 0 };
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
      idem_key: `gates:0:${transition}:${randomUUID()}`,
      inputs_hash: valueHash(hasher, inputs),
      instance,
      ...(about.justification === undefined ? {} : { justification: about.justification }),
      origin: this.#engine.state.origin,
      signer: by.identity,
      transition,
    };
    return this.#engine.propose(
      canonicalize({ ...body, inputs, signature: by.signPayload(PROPOSAL_TYPE, body) }),
    );
  }

  async records(): Promise<readonly string[]> {
    const all: string[] = [];
    for (;;) {
      const page = await this.#engine.records(all.length, PAGE_RECORDS);
      if (page.length === 0) return all;
      all.push(...page);
    }
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    await this.#closeJournal();
  }
}
