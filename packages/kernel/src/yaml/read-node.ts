import { isMap, isScalar, isSeq } from "yaml";
import type { Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Json } from "../json/json.ts";
import { keyProblem } from "../json/key.ts";
import { quote } from "../json/quote.ts";
import { isWellFormed } from "../json/text.ts";
import { readPlainScalar } from "./plain-scalar.ts";
import type { PlacedValue } from "./positions.ts";
import type { PlacedProblem } from "./problem.ts";

export interface ReadValue {
  readonly value: Json;
  readonly placed: PlacedValue;
}

const NO_MEMBERS: ReadonlyMap<string | number, PlacedValue> = new Map();

/** Turns the library's nodes (composed with its failsafe schema: every scalar a string) into JSON and places. */
export class NodeReader {
  readonly #source: string;
  readonly #depthMax: number;
  readonly #problems: PlacedProblem[];
  readonly #path: (string | number)[] = [];

  constructor(source: string, depthMax: number, problems: PlacedProblem[]) {
    this.#source = source;
    this.#depthMax = depthMax;
    this.#problems = problems;
  }

  /** `keyAt`: where the value's key begins; undefined for what has none. Refused values are read as null. */
  read(node: unknown, fallbackAt: number, keyAt?: number): ReadValue {
    const start = startOf(node, fallbackAt);
    const at = { keyAt: keyAt ?? start, valueAt: start };
    if (isScalar(node)) return this.#scalar(node, at);
    if (!isMap(node) && !isSeq(node))
      return { value: null, placed: { ...at, textAt: -1, members: NO_MEMBERS } };
    if (this.#path.length >= this.#depthMax) {
      this.#refuse(start, `maps and lists are more than ${this.#depthMax} deep`);
      return { value: null, placed: { ...at, textAt: -1, members: NO_MEMBERS } };
    }
    const members = new Map<string | number, PlacedValue>();
    const value = isMap(node) ? this.#map(node, start, members) : this.#list(node, start, members);
    return { value, placed: { ...at, textAt: -1, members } };
  }

  #refuse(offset: number, message: string): void {
    this.#problems.push({ offset, path: [...this.#path], message });
  }

  #scalar(node: Scalar, at: { keyAt: number; valueAt: number }): ReadValue {
    const text = String(node.value);
    const textAt = this.#textAt(node, text, at.valueAt);
    const placed = { ...at, textAt, members: NO_MEMBERS };
    if (node.type === "PLAIN") {
      const plain = readPlainScalar(text);
      if (plain.ok) return { value: plain.value, placed };
      this.#refuse(at.valueAt, plain.problem);
      return { value: null, placed };
    }
    if (!isWellFormed(text)) this.#refuse(at.valueAt, `${quote(text)} has a lone surrogate`);
    return { value: text, placed };
  }

  #textAt(node: Scalar, text: string, start: number): number {
    const from = node.type === "PLAIN" ? start : start + 1;
    return this.#source.startsWith(text, from) && !text.includes("\n") ? from : -1;
  }

  #list(node: YAMLSeq, start: number, members: Map<string | number, PlacedValue>): Json {
    const items: Json[] = [];
    for (const [index, item] of node.items.entries()) {
      this.#path.push(index);
      const { value, placed } = this.read(item, start);
      this.#path.pop();
      members.set(index, placed);
      items.push(value);
    }
    return items;
  }

  #map(node: YAMLMap, start: number, members: Map<string | number, PlacedValue>): Json {
    const target: Record<string, Json> = {};
    for (const pair of node.items) {
      const keyAt = startOf(pair.key, start);
      const key = this.#key(pair, keyAt);
      const isTwice = key !== undefined && members.has(key);
      if (isTwice) this.#refuse(keyAt, `the key ${quote(key)} is there twice`);
      this.#path.push(key ?? "?");
      const { value, placed } = this.read(pair.value, keyAt, keyAt);
      this.#path.pop();
      if (key === undefined || isTwice) continue;
      members.set(key, placed);
      target[key] = value;
    }
    return target;
  }

  /** undefined: refused. */
  #key({ key }: Pair, keyAt: number): string | undefined {
    if (!isScalar(key)) {
      this.#refuse(keyAt, "a key that is no text is refused; keys are strings");
      return undefined;
    }
    const text = String(key.value);
    const problem =
      key.type === "PLAIN" ? (plainKeyProblem(text) ?? keyProblem(text)) : keyProblem(text);
    if (problem === undefined) return text;
    this.#refuse(keyAt, problem);
    return undefined;
  }
}

function plainKeyProblem(text: string): string | undefined {
  if (text === "<<") return "the merge key << is refused; write the members out";
  const plain = readPlainScalar(text);
  if (plain.ok && typeof plain.value === "string") return undefined;
  const shown = text === "" ? "an empty key" : `the key ${quote(text).slice(1, -1)}`;
  return `${shown} is no string; keys are strings: put it in quotes, or choose another name`;
}

/** Where a node of the library begins; what is not there begins where `fallbackAt` says. */
function startOf(node: unknown, fallbackAt: number): number {
  if (typeof node !== "object" || node === null || !("range" in node)) return fallbackAt;
  const start: unknown = Array.isArray(node.range) ? node.range[0] : undefined;
  return typeof start === "number" ? start : fallbackAt;
}
