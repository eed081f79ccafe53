import { DEPTH_MAX, JSON_VALUES_MAX } from "../limits.ts";
import { objectInOrder } from "./canonical.ts";
import type { Json } from "./json.ts";
import { keyProblem } from "./key.ts";
import { numberProblem } from "./number.ts";
import { placeOfItem, placeOfKey } from "./place.ts";
import { quote } from "./quote.ts";
import { isWellFormed } from "./text.ts";

export type CheckedJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly place: string; readonly problem: string };

export interface CheckJsonOptions {
  /** What the value is called in messages, e.g. `inputs`; the empty text names members alone. */
  readonly place: string;
  /** Objects and arrays inside one another; `DEPTH_MAX` unless given. */
  readonly depthMax?: number;
}

/**
 * The edge for values that come from a program. Gives a copy in canonical key order, so that nothing its owner
 * does to it later (or a getter) reaches the kernel. Refuses at the first thing that is no kernel JSON and names it:
 * floats, −0, unsafe and non-finite numbers, lone surrogates, keys of `key.ts`, holes, accessors, symbols,
 * functions, class instances, anything deeper than `depthMax` (a cycle is) or of more than `JSON_VALUES_MAX` values
 * (shared parts count each time).
 */
export function checkJson(value: unknown, options: CheckJsonOptions): CheckedJson {
  const copier = new Copier(options.depthMax ?? DEPTH_MAX);
  const copied = copier.copy(value, options.place, 0);
  if (copied !== undefined) return { ok: true, value: copied };
  return { ok: false, place: copier.place, problem: copier.problem };
}

/** Owns one walk: how many values it has seen, and its first problem. */
class Copier {
  place = "";
  problem = "";
  #values = 0;
  readonly #depthMax: number;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** undefined: refused; `place` and `problem` say why. */
  copy(value: unknown, place: string, depth: number): Json | undefined {
    this.#values += 1;
    if (this.#values > JSON_VALUES_MAX) {
      return this.#refuse(
        place,
        `more than ${JSON_VALUES_MAX} values, shared ones counted each time`,
      );
    }
    switch (typeof value) {
      case "boolean":
        return value;
      case "number":
        return this.#number(value, place);
      case "string":
        return isWellFormed(value)
          ? value
          : this.#refuse(place, `${quote(value)} has a lone surrogate`);
      case "object":
        return this.#object(value, place, depth);
      default:
        return this.#refuse(place, `${nameOf(value)} is not JSON`);
    }
  }

  #refuse(place: string, problem: string): undefined {
    this.place = place;
    this.problem = problem;
    return undefined;
  }

  #number(value: number, place: string): Json | undefined {
    const problem = numberProblem(value);
    return problem === undefined ? value : this.#refuse(place, problem);
  }

  #object(value: object | null, place: string, depth: number): Json | undefined {
    if (value === null) return null;
    if (depth >= this.#depthMax) {
      return this.#refuse(place, `objects and arrays are more than ${this.#depthMax} deep`);
    }
    if (Array.isArray(value)) return this.#array(value, place, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      return this.#refuse(place, `${nameOf(value)} is not JSON; only plain objects and arrays are`);
    }
    return this.#members(value, place, depth);
  }

  #array(array: readonly unknown[], place: string, depth: number): Json | undefined {
    const copy: Json[] = [];
    for (let index = 0; index < array.length; index += 1) {
      const below = placeOfItem(place, index);
      if (!Object.hasOwn(array, index))
        return this.#refuse(below, "a hole in an array is not JSON");
      const item = this.copy(array[index], below, depth + 1);
      if (item === undefined) return undefined;
      copy.push(item);
    }
    const extra = Reflect.ownKeys(array).find((key) => key !== "length" && !isItemKey(key));
    if (extra === undefined) return copy;
    return this.#refuse(place, `an array with the key ${quote(String(extra))} is not JSON`);
  }

  #members(object: object, place: string, depth: number): Json | undefined {
    const members = new Map<string, Json>();
    for (const key of Reflect.ownKeys(object)) {
      if (typeof key === "symbol") return this.#refuse(place, `the key ${String(key)} is not JSON`);
      const problem = keyProblem(key);
      if (problem !== undefined) return this.#refuse(place, problem);
      const property = Object.getOwnPropertyDescriptor(object, key);
      const below = placeOfKey(place, key);
      if (property === undefined || !("value" in property) || property.enumerable !== true) {
        return this.#refuse(below, "an accessor or hidden property is not JSON");
      }
      const member = this.copy(property.value, below, depth + 1);
      if (member === undefined) return undefined;
      members.set(key, member);
    }
    return objectInOrder([...members.keys()], (key) => members.get(key) ?? null);
  }
}

function isItemKey(key: string | symbol): boolean {
  return typeof key === "string" && /^(0|[1-9][0-9]*)$/.test(key);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === "Object" ? "an instance of a class" : `a ${tag}`;
}
