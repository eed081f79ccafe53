import type { WireCode } from "./codes.ts";
import type { JsonSchema } from "./schema/json-schema.ts";
import type { SchemaName } from "./schema/schemas.ts";

export type Method = "GET" | "POST" | "PUT";

/**
 * What a caller needs. `public`: nothing. `session`: a bearer token, unless the caller is on the loopback. `bearer`: a
 * token wherever the caller is. `signed`: every body carries its own signature.
 */
export type Access = "public" | "session" | "bearer" | "signed";

export interface QueryParameter {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  /** `integer` is decimal without sign or padding, in `minimum … maximum`; `choice` one of its words. */
  readonly form:
    | { readonly kind: "text"; readonly pattern?: string; readonly lengthMax: number }
    | {
        readonly kind: "integer";
        readonly minimum: number;
        readonly maximum: number;
        readonly default?: number;
      }
    | { readonly kind: "choice"; readonly words: readonly string[] };
}

export interface PathParameter {
  readonly name: string;
  readonly description: string;
  readonly pattern: string;
  /** It takes the rest of the path, slashes and all. */
  readonly rest?: boolean;
}

/** What a body holds: a media type, and for JSON its schema. NDJSON gives the schema of one line. */
export interface Content {
  readonly media: string;
  readonly schema?: SchemaName;
}

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  readonly content: readonly Content[];
  /** Headers beyond the usual, by name, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  /** A verb and a noun: the operation's name in OpenAPI and in the server's table. */
  readonly id: string;
  readonly method: Method;
  /** As OpenAPI writes it: `/decisions/{hash}`. */
  readonly path: string;
  readonly area: Area;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly pathParameters: readonly PathParameter[];
  readonly query: readonly QueryParameter[];
  readonly request?: { readonly content: Content; readonly bytesMax: number };
  readonly answers: readonly RouteAnswer[];
  /** Codes of the problems that it can answer, beside `internal`. */
  readonly codes: readonly WireCode[];
}

export const AREAS = [
  "transitions",
  "reading",
  "log",
  "evidence",
  "sessions",
  "memory",
  "house",
] as const;
export type Area = (typeof AREAS)[number];

export const JSON_MEDIA_TYPE = "application/json";
export const NDJSON_MEDIA_TYPE = "application/x-ndjson";
export const SSE_MEDIA_TYPE = "text/event-stream";

/** The schema of a query parameter's value. */
export function schemaOfParameter({ form }: QueryParameter): JsonSchema {
  switch (form.kind) {
    case "text":
      return {
        type: "string",
        maxLength: form.lengthMax,
        ...(form.pattern === undefined ? {} : { pattern: form.pattern }),
      };
    case "integer":
      return {
        type: "integer",
        minimum: form.minimum,
        maximum: form.maximum,
        ...(form.default === undefined ? {} : { default: form.default }),
      };
    case "choice":
      return { type: "string", enum: form.words };
  }
}
