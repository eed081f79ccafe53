import { canonicalize } from "@swoosh/kernel/values";
import {
  JSON_MEDIA_TYPE,
  wireProblem,
  type FoundMemories,
  type FoundMemory,
  type KeptMemory,
  type MemoriesKept,
} from "@swoosh/protocol";
import type { Caller } from "./caller.ts";
import { queryText } from "./exchange.ts";
import type { Cancellation } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";

export interface RememberOptions {
  /** Whose memory: an instance in your scope. Left out: the node's own, for those who see everything. */
  readonly for?: string;
  /** Where it came from, for people. */
  readonly source?: string;
  readonly signal?: Cancellation;
}

export interface RecallOptions {
  /** Whose memory: an instance in your scope. Left out: the node's own, for those who see everything. */
  readonly for?: string;
  /** How many at most; 10 unless given. */
  readonly limit?: number;
  readonly signal?: Cancellation;
}

/** The mesh's memory. Words that are remembered twice are one memory, so what got no answer is sent again. */
export class Memories {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async remember(text: string, options: RememberOptions): Promise<readonly KeptMemory[]> {
    const { for: instance, signal, source } = options;
    const kept = await this.#caller.readJson(
      {
        method: "POST",
        path: `/memories${queryText({ for: instance })}`,
        headers: { "content-type": JSON_MEDIA_TYPE },
        body: bodyOf({ ...(source === undefined ? {} : { source }), text }),
        ...(signal === undefined ? {} : { signal }),
      },
      "MemoriesKept",
    );
    if (!isKept(kept)) throw nobody(instance);
    return kept.items;
  }

  async recall(query: string, options: RecallOptions): Promise<readonly FoundMemory[]> {
    const { for: instance, limit, signal } = options;
    const found = await this.#caller.readJson(
      {
        method: "GET",
        path: `/memories${queryText({ query, limit, for: instance })}`,
        ...(signal === undefined ? {} : { signal }),
      },
      "MemoriesFound",
    );
    if (!isFound(found)) throw nobody(instance);
    return found.items;
  }
}

function bodyOf(body: { readonly source?: string; readonly text: string }): string {
  const problem = wireProblem("MemoryText", body);
  if (problem !== undefined) throw new SdkError("misused", problem);
  if (HALF_A_PAIR.test(`${body.source ?? ""}\n${body.text}`))
    throw new SdkError(
      "misused",
      "text or source has half of a surrogate pair, which is no character",
    );
  return canonicalize({ ...body });
}

/** With the flag, whole pairs are one character and none of these. */
const HALF_A_PAIR = /[\ud800-\udfff]/u;

function nobody(instance: string | undefined): SdkError {
  return new SdkError(
    "read_refused",
    `there is no memory of ${instance ?? "this node"} here: no such instance, or none in your scope`,
  );
}

function isKept(value: unknown): value is MemoriesKept {
  return value !== undefined && wireProblem("MemoriesKept", value) === undefined;
}

function isFound(value: unknown): value is FoundMemories {
  return value !== undefined && wireProblem("MemoriesFound", value) === undefined;
}
