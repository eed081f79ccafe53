import { JSON_MEDIA_TYPE, PROBLEM_MEDIA_TYPE, wireProblem, type Problem } from "@swoosh/protocol";
import { REQUEST_TIMEOUT_MS } from "./limits.ts";
import type { Cancellation, HttpRequest, HttpResponse, SdkPorts } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";
import { bodyText } from "./text-lines.ts";
import { throwIfCancelled } from "./wait.ts";

export interface Call {
  readonly method: HttpRequest["method"];
  /** Path and query behind the server's URL, percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: Cancellation;
  /** null: a stream that may stay silent. */
  readonly timeoutMs?: number | null;
}

/** An answer of the protocol: success with its open body, or a problem. `lost` is everything else. */
export type Exchanged =
  | { readonly kind: "success"; readonly response: HttpResponse }
  | {
      readonly kind: "refused";
      readonly problem: Problem;
      readonly retryAfterMs: number | null;
      /** The answer's `Date`. */
      readonly date: string | null;
    }
  | { readonly kind: "lost"; readonly error: unknown };

/**
 * One request and its answer, without any second try. What is no answer of the protocol (no connection, a proxy's page,
 * a torn body) is `lost`: it may have been done or not. Throws `cancelled` alone.
 */
export async function exchange(ports: SdkPorts, base: string, call: Call): Promise<Exchanged> {
  throwIfCancelled(call.signal);
  try {
    const response = await ports.http({
      method: call.method,
      url: `${base.replace(/\/+$/, "")}${call.path}`,
      headers: { accept: `${JSON_MEDIA_TYPE}, ${PROBLEM_MEDIA_TYPE}`, ...call.headers },
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      timeoutMs: call.timeoutMs === undefined ? REQUEST_TIMEOUT_MS : call.timeoutMs,
    });
    if (response.status >= 200 && response.status < 300) return { kind: "success", response };
    return await refusal(ports, response);
  } catch (error) {
    throwIfCancelled(call.signal);
    return { kind: "lost", error };
  }
}

async function refusal(ports: SdkPorts, response: HttpResponse): Promise<Exchanged> {
  const retryAfterMs = retryAfterOf(response);
  const type = response.header("content-type") ?? "";
  const text = await bodyText(ports, response);
  const problem = type.startsWith(PROBLEM_MEDIA_TYPE) ? problemIn(text) : undefined;
  if (problem !== undefined)
    return {
      kind: "refused",
      problem,
      retryAfterMs: problem.retry?.after_ms ?? retryAfterMs,
      date: response.header("date"),
    };
  const begin = text.slice(0, 120);
  return {
    kind: "lost",
    error: new SdkError(
      "bad_answer",
      `status ${response.status} with ${type === "" ? "no type" : type}, which is no problem of this protocol: ${JSON.stringify(begin)}`,
    ),
  };
}

/** A problem in a text, where it is one. */
export function problemIn(text: string): Problem | undefined {
  const value = jsonIn(text);
  return isProblem(value) ? value : undefined;
}

export function isProblem(value: unknown): value is Problem {
  return wireProblem("Problem", value) === undefined;
}

export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whole seconds (RFC 9110 §10.2.3); a date, the other form, needs a clock that agrees with the server's, so it is not read. */
function retryAfterOf(response: HttpResponse): number | null {
  const text = response.header("retry-after") ?? "";
  return /^[0-9]{1,9}$/.test(text) ? Number(text) * 1000 : null;
}

/** A query's text with its `?`, or nothing. */
export function queryText(values: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`],
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
