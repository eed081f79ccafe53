import { createHash } from "node:crypto";
import { canonicalize, type Json, type JsonObject } from "@swoosh/kernel";
import type { Places, ValueRule } from "./whoosh-table.ts";

/** A call, as the rules of a table see it. */
export interface WhooshCall {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly header: (name: string) => string | undefined;
  /** The body as it came; empty where there is none. */
  readonly text: string;
  /** Of its body; undefined where there is none. */
  readonly body: unknown;
  /** What a Gitea's webhook tells of. */
  readonly entry?: Readonly<Record<string, string>>;
}

/** Why a call does not hold what its row asks for: for the caller to read. */
export class CallLacks extends Error {
  override readonly name = "CallLacks";
}

/** Keeps bytes; resolves to their hash. */
export type Keep = (bytes: Uint8Array) => Promise<string>;

const ID = /^[A-Za-z0-9_-]{1,128}$/u;
const SLUG_LENGTH_MAX = 48;
const HASH_HEX_LENGTH = 8;

/** The first of these places that holds anything. */
export function lookUp(call: WhooshCall, places: Places): unknown {
  for (const place of places) {
    const found = at(call, place);
    if (found !== undefined && found !== null && found !== "") return found;
  }
  return undefined;
}

function at(call: WhooshCall, place: string): unknown {
  const [root = "", ...keys] = place.split(".");
  switch (root) {
    case "header":
      return call.header(keys.join("."));
    case "path":
      return call.path[keys.join(".")];
    case "query":
      return call.query[keys.join(".")];
    case "entry":
      return call.entry?.[keys.join(".")];
    default: {
      let value = call.body;
      for (const key of keys) {
        if (typeof value !== "object" || value === null || !Object.hasOwn(value, key))
          return undefined;
        value = Object.entries(value).find(([name]) => name === key)?.[1];
      }
      return value;
    }
  }
}

/** `{path.id}` must be an id; `{slug:body.x}` becomes one, readable and unique by a hash. `plain`: of any text. */
export function fillIn(template: string, call: WhooshCall, form: "id" | "plain" | "uri"): string {
  return template.replaceAll(
    /\{(slug:)?([^{}]+)\}/gu,
    (_, slug: string | undefined, place: string) => {
      const found = lookUp(call, [place]);
      if (typeof found !== "string" && typeof found !== "number")
        throw new CallLacks(`${place} is missing`);
      const text = String(found);
      if (slug !== undefined) return slugOf(text);
      if (form === "uri") return encodeURIComponent(text);
      // What a webhook's reader made is an instance's whole name.
      if (form === "id" && !place.startsWith("entry.") && !ID.test(text))
        throw new CallLacks(
          `${place} is ${JSON.stringify(text.slice(0, 100))}; up to 128 letters, digits, - and _ are expected`,
        );
      return text;
    },
  );
}

function slugOf(text: string): string {
  const readable = text.replaceAll(/[^A-Za-z0-9_-]+/gu, "-").slice(-SLUG_LENGTH_MAX);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_HEX_LENGTH);
  return `${readable.replace(/^-+/u, "")}-${hash}`;
}

/** Inputs as the rules say. Rejects with `CallLacks`. */
export async function inputsOf(
  rules: Readonly<Record<string, ValueRule>>,
  call: WhooshCall,
  keep: Keep,
): Promise<JsonObject> {
  const inputs: Record<string, Json> = {};
  for (const [name, rule] of Object.entries(rules))
    inputs[name] = await valueOf(name, rule, { call, keep });
  return inputs;
}

async function valueOf(
  name: string,
  rule: ValueRule,
  { call, keep }: { readonly call: WhooshCall; readonly keep: Keep },
): Promise<Json> {
  switch (rule.kind) {
    case "value":
      return rule.value;
    case "storeBody":
      if (call.text === "") throw new CallLacks("the body is empty");
      return keep(Buffer.from(call.text));
    case "storeMap": {
      const filled = Object.entries(rule.map).map(
        ([key, template]) => [key, fillIn(template, call, "plain")] as const,
      );
      return keep(Buffer.from(canonicalize(Object.fromEntries(filled))));
    }
    default: {
      const found = lookUp(call, rule.from);
      if (found === undefined) {
        if (rule.otherwise !== undefined) return rule.otherwise;
        throw new CallLacks(`${name} is missing; it is looked for at ${rule.from.join(", ")}`);
      }
      const value = asType(found, rule.type);
      if (value === undefined)
        throw new CallLacks(`${name}: ${JSON.stringify(found).slice(0, 100)} is no ${rule.type}`);
      return value;
    }
  }
}

function asType(found: unknown, type: "text" | "integer" | "texts"): Json | undefined {
  switch (type) {
    case "text":
      return typeof found === "string" ? found : undefined;
    case "integer": {
      const number =
        typeof found === "string" && /^-?(?:0|[1-9][0-9]{0,15})$/u.test(found)
          ? Number(found)
          : found;
      return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
    }
    default:
      return Array.isArray(found) && found.every((one) => typeof one === "string")
        ? found
        : undefined;
  }
}
