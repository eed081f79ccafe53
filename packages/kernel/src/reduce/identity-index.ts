import type { Registry } from "../chart/native-guard.ts";
import { compareUtf16 } from "../json/text.ts";
import { isOperatorOfIdentities } from "./authority.ts";
import type { Head } from "./document.ts";
import { chartNameOf, idOf } from "./instance-name.ts";

/** What the registry keeps of one identity that is not revoked. */
interface Holder {
  readonly key: string;
  readonly isOperator: boolean;
}

/**
 * Identities by key, as of the heads that were put. Owns two maps that say the same: a key has at most one name, a
 * name exactly one key; revoked identities are in neither. Laid over another one it hides what changed there.
 */
export class IdentityIndex implements Registry {
  readonly #under: IdentityIndex | null;
  readonly #names = new Map<string, string>();
  /** null: known below, but revoked here. */
  readonly #holders = new Map<string, Holder | null>();

  constructor(under: IdentityIndex | null = null) {
    this.#under = under;
  }

  /** Takes note of a new head; anything but an identity is passed over. */
  put(head: Head): void {
    const { context, meta } = head.document;
    if (chartNameOf(meta.instance) !== "identity") return;
    const name = idOf(meta.instance);
    const before = this.#holders.get(name);
    if (before !== undefined && before !== null) this.#names.delete(before.key);
    const { key } = context;
    if (meta.ended || typeof key !== "string") {
      this.#holders.set(name, null);
      return;
    }
    this.#holders.set(name, { key, isOperator: isOperatorOfIdentities(context) });
    this.#names.set(key, name);
  }

  identityOf(key: string): string | undefined {
    const name = this.#names.get(key);
    if (name !== undefined || this.#under === null) return name;
    const below = this.#under.identityOf(key);
    return below === undefined || this.#holders.has(below) ? undefined : below;
  }

  operatorOtherThan(name: string): string | undefined {
    let least: string | undefined;
    for (const other of this.#operators()) {
      if (other !== name && (least === undefined || compareUtf16(other, least) < 0)) least = other;
    }
    return least;
  }

  *#operators(): Iterable<string> {
    for (const [name, holder] of this.#holders) {
      if (holder?.isOperator === true) yield name;
    }
    if (this.#under === null) return;
    for (const name of this.#under.#operators()) {
      if (!this.#holders.has(name)) yield name;
    }
  }
}
