import { isCelError } from "../cel/cel-error.ts";
import type { CelScope } from "../cel/cel.ts";
import type { ReadDeclaration } from "../chart/compiled-chart.ts";
import type { Registry } from "../chart/native-guard.ts";
import { assert } from "../invariant.ts";
import { ABSENT_HASH } from "../hash.ts";
import type { ValueHash } from "../hash.ts";
import { isJsonArray } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { compareUtf16 } from "../json/text.ts";
import type { RecordedRead } from "../log/record.ts";
import type { Head } from "./document.ts";
import { idOf, isInstanceName } from "./instance-name.ts";
import type { State } from "./state.ts";

const BEAT_INSTANCE = "beat/main";

/**
 * What a record looked at, as of before it. Everything that reads other instances goes through here, so that nothing
 * that a verdict depends on is missing from the record's `reads`.
 */
export class ReadLog implements Registry {
  readonly #state: State;
  readonly #hashes = new Map<string, ValueHash>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Of the log; fixed by its first record, so nothing is noted. */
  get origin(): string {
    return this.#state.origin;
  }

  /** The head of an instance, noted. */
  head(instance: string): Head | undefined {
    const head = this.#state.head(instance);
    this.#hashes.set(instance, head?.hash ?? ABSENT_HASH);
    return head;
  }

  /** The identity that holds a key and is not revoked, with its document. */
  holder(key: string): { readonly name: string; readonly head: Head } | undefined {
    const name = this.#state.registry.identityOf(key);
    if (name === undefined) return undefined;
    const head = this.head(`identity/${name}`);
    assert(head !== undefined, `identity/${name} is in the state, for its key is in the registry`);
    return { name, head };
  }

  identityOf(key: string): string | undefined {
    return this.#noteIdentity(this.#state.registry.identityOf(key));
  }

  operatorOtherThan(name: string): string | undefined {
    return this.#noteIdentity(this.#state.registry.operatorOtherThan(name));
  }

  /** `context.beat_index` of `beat/main`; null where there is none. */
  beat(): number | null {
    const beat = this.head(BEAT_INSTANCE)?.document.context["beat_index"];
    return typeof beat === "number" ? beat : null;
  }

  /** Values of reads by name: null, `{configuration, context, hash}`, or such by id where the expression gives a list. */
  values(declarations: readonly ReadDeclaration[], scope: CelScope): JsonObject {
    if (declarations.length === 0) return {};
    return Object.fromEntries(
      declarations.map(({ name, instance }) => [name, this.#value(instance.evaluate(scope))]),
    );
  }

  /** Sorted by instance. */
  recorded(): readonly RecordedRead[] {
    const reads: RecordedRead[] = [];
    for (const [instance, hash] of this.#hashes) reads.push({ hash, instance });
    return reads.sort((one, other) => compareUtf16(one.instance, other.instance));
  }

  #noteIdentity(name: string | undefined): string | undefined {
    if (name !== undefined) this.head(`identity/${name}`);
    return name;
  }

  #value(found: Json | symbol): Json {
    if (typeof found === "string") return this.#read(found);
    if (isCelError(found) || !isJsonArray(found)) return null;
    const members = found.map(String).map((name): [string, Json] => [idOf(name), this.#read(name)]);
    members.sort(([one], [other]) => compareUtf16(one, other));
    return Object.fromEntries(members);
  }

  #read(instance: string): Json {
    if (!isInstanceName(instance)) return null;
    const head = this.head(instance);
    if (head === undefined) return null;
    const { configuration, context } = head.document;
    return { configuration, context, hash: head.hash };
  }
}
