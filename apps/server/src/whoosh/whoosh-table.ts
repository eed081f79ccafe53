import type { Json } from "@swoosh/kernel";

export type WhooshMethod = "GET" | "POST" | "PUT";

/** Where a value is looked for, in order: `body.agent_id`, `path.id`, `query.since`, `header.x-request-id`, `entry.source`. */
export type Places = readonly string[];

/** What becomes of one field of a transition's inputs. */
export type ValueRule =
  | { readonly kind: "value"; readonly value: Json }
  | {
      readonly kind: "from";
      readonly from: Places;
      readonly type: "text" | "integer" | "texts";
      /** Where nothing is there; undefined: then the call is refused. */
      readonly otherwise: Json | undefined;
    }
  /** The body as it came is kept as evidence; the value is its hash. */
  | { readonly kind: "storeBody" }
  /** A map of templates is kept as evidence, as canonical JSON; the value is its hash. */
  | { readonly kind: "storeMap"; readonly map: Readonly<Record<string, string>> };

/** One catalogued transition that a call stands for. */
export interface ProposeRule {
  /** Template: `project/{path.id}`; `{slug:body.repository.full_name}` makes an id of any text. */
  readonly instance: string;
  readonly transition: string;
  /** What the caller's identity needs for it. */
  readonly role: string;
  readonly scope: string;
  readonly inputs: Readonly<Record<string, ValueRule>>;
  /** Whom the caller speaks for; told in the decision record. */
  readonly onBehalfOf: Places;
  /** What makes two calls without `Idempotency-Key` the same; empty: instance, transition and inputs. */
  readonly sameBy: Places;
}

/** A field of a read's answer: a path of this server's own, or something fixed. */
export type ReadRule =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "get"; readonly path: string; readonly pick: string | undefined };

export interface WhooshRow {
  readonly name: string;
  readonly method: WhooshMethod;
  /** `/api/v1/councils/{id}/claims`. */
  readonly path: string;
  /** A Gitea's webhook: its signature stands for the token. */
  readonly isGitea: boolean;
  readonly does:
    | { readonly kind: "propose"; readonly rule: ProposeRule }
    | { readonly kind: "read"; readonly fields: Readonly<Record<string, ReadRule>> };
}

/** What callers of WHOOSH ask, and what it stands for here. Whatever else begins as one of `prefixes` is answered 501. */
export interface WhooshTable {
  readonly file: string;
  readonly prefixes: readonly string[];
  readonly rows: readonly WhooshRow[];
}
