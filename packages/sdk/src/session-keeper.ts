import { canonicalize } from "@swoosh/kernel/values";
import {
  JSON_MEDIA_TYPE,
  SESSION_TYPE,
  sessionPayload,
  wireProblem,
  type Session,
  type SessionChallenge,
} from "@swoosh/protocol";
import { exchange, jsonIn, queryText, type Call } from "./exchange.ts";
import { SESSION_EARLY_MS } from "./limits.ts";
import type { HttpResponse, SdkPorts, Signer } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";
import { signJson } from "./sign-proposal.ts";
import { bodyText } from "./text-lines.ts";

/**
 * Holds the token for reading from afar. Owns at most one session; calls that need a new one at the same time share it.
 * The token is sent to the client's own URL and nowhere else.
 */
export class SessionKeeper {
  readonly #ports: SdkPorts;
  readonly #url: string;
  readonly #signer: Signer | undefined;
  readonly #origin: () => Promise<string>;
  #session: Session | null = null;
  #opening: Promise<Session> | null = null;

  constructor(given: {
    readonly ports: SdkPorts;
    readonly url: string;
    readonly signer: Signer | undefined;
    readonly origin: () => Promise<string>;
  }) {
    this.#ports = given.ports;
    this.#url = given.url;
    this.#signer = given.signer;
    this.#origin = given.origin;
  }

  /** Can this client open one at all? */
  get isPossible(): boolean {
    return this.#signer !== undefined;
  }

  /** The header of a call, where there is a session; it is renewed a little before its end. */
  async header(): Promise<Readonly<Record<string, string>>> {
    if (this.#session === null) return {};
    const leftMs = this.#session.expires_at - this.#ports.clock.now();
    const { token } = leftMs > SESSION_EARLY_MS ? this.#session : await this.#renew(this.#session);
    return { authorization: `Bearer ${token}` };
  }

  /** The server wants a session, or another than `used`: opens one, unless somebody has done so meanwhile. */
  async open(used: string | undefined): Promise<void> {
    const known = this.#session;
    if (known !== null && `Bearer ${known.token}` !== used) return;
    await this.#opened();
  }

  /** A clock that runs wrong must not stop reads: the old token is used on, and the server says whether it holds. */
  async #renew(old: Session): Promise<Session> {
    try {
      return await this.#opened();
    } catch {
      return old;
    }
  }

  #opened(): Promise<Session> {
    this.#opening ??= this.#openNow().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openNow(): Promise<Session> {
    const signer = this.#signer;
    if (signer === undefined)
      throw new SdkError(
        "read_refused",
        "reading here needs a session, and this client has no signer",
      );
    const origin = await this.#origin();
    const asked = await this.#ask({
      method: "GET",
      path: `/session${queryText({ signer: signer.key })}`,
    });
    if (!isChallenge(asked)) throw noSession(wireProblem("SessionChallenge", asked));
    const { challenge } = asked;
    const payload = canonicalize(sessionPayload({ challenge, origin, signer: signer.key }));
    const signature = await signJson(this.#ports, signer, SESSION_TYPE, payload);
    const session = await this.#ask({
      method: "POST",
      path: "/session",
      headers: { "content-type": JSON_MEDIA_TYPE },
      body: canonicalize({ challenge, signature, signer: signer.key }),
    });
    if (!isSession(session)) throw noSession(wireProblem("Session", session));
    this.#session = session;
    return session;
  }

  async #text(response: HttpResponse): Promise<string> {
    try {
      return await bodyText(this.#ports, response);
    } catch (error) {
      throw new SdkError("unreachable", "no session: the answer broke off", { cause: error });
    }
  }

  async #ask(call: Call): Promise<unknown> {
    const result = await exchange(this.#ports, this.#url, call);
    switch (result.kind) {
      case "success":
        return jsonIn(await this.#text(result.response));
      case "refused":
        throw new SdkError(
          "read_refused",
          `no session: ${result.problem.code}: ${result.problem.detail}`,
          { cause: result.problem },
        );
      case "lost":
        throw new SdkError("unreachable", "no session: the server gave no answer", {
          cause: result.error,
        });
    }
  }
}

function noSession(problem: string | undefined): SdkError {
  return new SdkError("bad_answer", `no session: ${problem ?? "the answer is none"}`);
}

function isChallenge(value: unknown): value is SessionChallenge {
  return wireProblem("SessionChallenge", value) === undefined;
}

function isSession(value: unknown): value is Session {
  return wireProblem("Session", value) === undefined;
}
