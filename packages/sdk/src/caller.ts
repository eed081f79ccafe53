import { wireProblem, type SchemaName } from "@swoosh/protocol";
import { exchange, jsonIn, type Call, type Exchanged } from "./exchange.ts";
import type { HttpResponse, SdkPorts } from "./ports.ts";
import { randomBelow } from "./random-below.ts";
import { planRetry, type RetryPolicy } from "./retry.ts";
import { SdkError } from "./sdk-error.ts";
import type { SessionKeeper } from "./session-keeper.ts";
import { bodyText } from "./text-lines.ts";
import { wait } from "./wait.ts";

/** Reads: calls that change nothing, so they are tried again freely, with a session where the server wants one. */
export class Caller {
  readonly ports: SdkPorts;
  readonly url: string;
  readonly #sessions: SessionKeeper;
  readonly #retry: RetryPolicy;

  constructor(given: {
    readonly ports: SdkPorts;
    readonly url: string;
    readonly sessions: SessionKeeper;
    readonly retry: RetryPolicy;
  }) {
    this.ports = given.ports;
    this.url = given.url;
    this.#sessions = given.sessions;
    this.#retry = given.retry;
  }

  /** An open body, or undefined where there is nothing (404). Throws `read_refused` or `unreachable`. */
  async read(call: Call): Promise<HttpResponse | undefined> {
    const started = this.ports.clock.now();
    for (let failures = 1; ; failures += 1) {
      const result = await this.#once(call);
      if (result.kind === "success") return result.response;
      if (result.kind === "refused" && result.problem.code === "not_found") return undefined;
      const elapsedMs = this.ports.clock.now() - started;
      const plan = planRetry(result, { failures, stales: 0, elapsedMs }, this.#retry, (bound) =>
        randomBelow(this.ports, bound),
      );
      if (plan.kind !== "again") throw readError(call, result);
      await wait(this.ports.clock, plan.afterMs, call.signal);
    }
  }

  /** A JSON answer that fits its schema, or undefined where there is nothing. */
  async readJson(call: Call, schema: SchemaName): Promise<unknown> {
    const response = await this.read(call);
    if (response === undefined) return undefined;
    const value = jsonIn(await this.#text(call, response));
    const problem = wireProblem(schema, value);
    if (problem !== undefined)
      throw new SdkError("bad_answer", `${call.method} ${call.path}: ${problem}`);
    return value;
  }

  async readText(call: Call): Promise<string | undefined> {
    const response = await this.read(call);
    return response === undefined ? undefined : this.#text(call, response);
  }

  /** A body that breaks off is no answer. */
  async #text(call: Call, response: HttpResponse): Promise<string> {
    try {
      return await bodyText(this.ports, response);
    } catch (error) {
      throw new SdkError("unreachable", `${call.method} ${call.path}: the answer broke off`, {
        cause: error,
      });
    }
  }

  /** One try, and a second one with a session where that is what is missing. */
  async #once(call: Call): Promise<Exchanged> {
    const header = await this.#sessions.header();
    const first = await this.#send(call, header);
    const isWanted = first.kind === "refused" && first.problem.code === "unauthenticated";
    if (!isWanted || !this.#sessions.isPossible) return first;
    try {
      await this.#sessions.open(header["authorization"]);
    } catch (error) {
      // A session whose opening got no answer is one more silence: when to try again is decided in one place.
      if (error instanceof SdkError && error.retryable) return { kind: "lost", error };
      throw error;
    }
    return this.#send(call, await this.#sessions.header());
  }

  #send(call: Call, header: Readonly<Record<string, string>>): Promise<Exchanged> {
    return exchange(this.ports, this.url, { ...call, headers: { ...call.headers, ...header } });
  }
}

function readError(call: Call, result: Exclude<Exchanged, { kind: "success" }>): SdkError {
  const what = `${call.method} ${call.path}`;
  if (result.kind === "lost")
    return new SdkError("unreachable", `${what}: the server gave no answer`, {
      cause: result.error,
    });
  const { code, detail } = result.problem;
  return new SdkError("read_refused", `${what}: ${code}: ${detail}`, { cause: result.problem });
}
