import { createHmac, hash as digestOf, timingSafeEqual } from "node:crypto";
import {
  base64urlOf,
  bytesOfBase64url,
  isOperator,
  valueHash,
  type Crypto,
  type Random,
  type State,
} from "@swoosh/kernel";
import { CHALLENGE_MS, SESSION_MS, SESSION_TYPE, sessionPayload } from "@swoosh/protocol";
import type { Session, SessionChallenge } from "@swoosh/protocol";
import { hasher } from "../hasher.ts";
import { given, refused, type Reading } from "../read/reading.ts";
import { EVERYTHING, viewerOf, type Viewer } from "../read/viewer.ts";
import { CHALLENGES_USED_MAX, SESSIONS_MAX, SESSIONS_OF_ONE_MAX } from "./limits.ts";

/** What sessions look at. Nothing of them is in the log: a restart ends them all. */
export interface SessionDoors {
  readonly state: () => State;
  readonly crypto: Pick<Crypto, "verify">;
  readonly random: Random;
  readonly now: () => number;
}

interface OpenSession {
  readonly signer: string;
  readonly name: string;
  readonly expiresAt: number;
}

export interface Holder {
  readonly name: string;
  readonly viewer: Viewer;
}

const SECRET_BYTES = 32;
const TOKEN_BYTES = 32;
const EXPIRY_BYTES = 6;
const NONCE_BYTES = 10;
const MAC_BYTES = 16;
const CHALLENGE_BYTES = EXPIRY_BYTES + NONCE_BYTES + MAC_BYTES;

/**
 * Sessions for reading from afar (transition API, Reading). Owns open sessions by the hash of their token, and challenges
 * that were answered. A challenge carries its own expiry and a seal that binds it to its signer, so asking for one costs
 * no memory and nobody can push out another's.
 *
 * S1 a challenge is good for one answer, right or wrong, within its minute.
 * S2 a session ends with its time, and as soon as its signer no longer is the identity's key.
 */
export class Sessions {
  readonly #doors: SessionDoors;
  readonly #secret: Uint8Array;
  readonly #used = new Map<string, number>();
  readonly #sessions = new Map<string, OpenSession>();

  constructor(doors: SessionDoors) {
    this.#doors = doors;
    this.#secret = doors.random.bytes(SECRET_BYTES);
  }

  /** Open sessions, those that ran out unnoticed among them. */
  get count(): number {
    return this.#sessions.size;
  }

  /** Whoever asks gets one: whether the signer is known here is not told. */
  challenge(signer: string): SessionChallenge {
    const { now, random } = this.#doors;
    const expiresAt = now() + CHALLENGE_MS;
    const bytes = Buffer.alloc(CHALLENGE_BYTES);
    bytes.writeUIntBE(expiresAt, 0, EXPIRY_BYTES);
    bytes.set(random.bytes(NONCE_BYTES), EXPIRY_BYTES);
    bytes.set(
      this.#seal(bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES), signer),
      CHALLENGE_BYTES - MAC_BYTES,
    );
    return { challenge: base64urlOf(bytes), expires_at: expiresAt };
  }

  /** A token for whoever answers a challenge with the signer's signature. */
  async open(answer: {
    readonly signer: string;
    readonly challenge: string;
    readonly signature: string;
  }): Promise<Reading<Session>> {
    const { challenge, signature, signer } = answer;
    const problem = this.#use(challenge, signer);
    if (problem !== undefined) return problem;
    const { crypto, now, random, state } = this.#doors;
    const payload = sessionPayload({ challenge, origin: state().origin, signer });
    const [holds] = await crypto.verify([
      {
        kind: "signature",
        key: signer,
        type: SESSION_TYPE,
        payload,
        payload_hash: valueHash(hasher, payload),
        signature,
      },
    ]);
    if (holds !== true)
      return refused(
        "bad_signature",
        `the signature is not ${signer}'s over {challenge, origin, signer} with type ${SESSION_TYPE}`,
      );
    const name = state().registry.identityOf(signer);
    if (name === undefined)
      return refused("unknown_signer", `no identity holds ${signer}, or it was revoked`);
    const token = base64urlOf(random.bytes(TOKEN_BYTES));
    const expiresAt = now() + SESSION_MS;
    if (!this.#makeRoom(signer))
      return refused("overloaded", `${SESSIONS_MAX} sessions are open, the most there may be`, {
        after_ms: CHALLENGE_MS,
      });
    this.#sessions.set(keyOf(token), { signer, name, expiresAt });
    return given({ expires_at: expiresAt, token });
  }

  /** Who holds a token now; undefined: nobody. Looked up by its hash, so that time tells nothing of other tokens. */
  holderOf(token: string): Holder | undefined {
    const key = keyOf(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const state = this.#doors.state();
    const head = state.head(`identity/${session.name}`);
    const isHeld = state.registry.identityOf(session.signer) === session.name;
    if (this.#doors.now() >= session.expiresAt || !isHeld || head === undefined) {
      this.#sessions.delete(key);
      return undefined;
    }
    return { name: session.name, viewer: viewerOf(session.name, head.document.context) };
  }

  /** Is it the token of somebody who is an operator now? */
  isOperators(token: string): boolean {
    if (this.holderOf(token) === undefined) return false;
    const session = this.#sessions.get(keyOf(token));
    return session !== undefined && isOperator(this.#doors.state(), session.signer);
  }

  /** S1: undefined where the challenge may be answered; it is used from here on. */
  #use(challenge: string, signer: string): Extract<Reading<never>, { ok: false }> | undefined {
    const now = this.#doors.now();
    const bytes = bytesOfBase64url(challenge, CHALLENGE_BYTES);
    const unknown = refused(
      "unauthenticated",
      "the challenge was not made here for this signer, has run out, or was answered already; ask for another",
    );
    if (bytes === undefined || bytes.length !== CHALLENGE_BYTES) return unknown;
    const body = bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES);
    const seal = bytes.subarray(EXPIRY_BYTES + NONCE_BYTES);
    if (!timingSafeEqual(seal, this.#seal(body, signer))) return unknown;
    const expiresAt = Buffer.from(body).readUIntBE(0, EXPIRY_BYTES);
    if (now >= expiresAt || this.#used.has(challenge)) return unknown;
    this.#forgetUsed(now);
    if (this.#used.size >= CHALLENGES_USED_MAX)
      return refused("overloaded", "too many challenges were answered within a minute", {
        after_ms: CHALLENGE_MS,
      });
    this.#used.set(challenge, expiresAt);
    return undefined;
  }

  #seal(body: Uint8Array, signer: string): Uint8Array {
    const mac = createHmac("sha256", this.#secret).update(body).update(signer).digest();
    return mac.subarray(0, MAC_BYTES);
  }

  /** They were used in the order of their making, nearly: the first that has not run out ends the look. */
  #forgetUsed(now: number): void {
    for (const [challenge, expiresAt] of this.#used) {
      if (expiresAt > now) return;
      this.#used.delete(challenge);
    }
  }

  #makeRoom(signer: string): boolean {
    let own = 0;
    let oldest: string | undefined;
    const now = this.#doors.now();
    for (const [key, session] of this.#sessions) {
      if (session.expiresAt <= now) this.#sessions.delete(key);
      else if (session.signer === signer) {
        own += 1;
        oldest ??= key;
      }
    }
    if (own >= SESSIONS_OF_ONE_MAX && oldest !== undefined) this.#sessions.delete(oldest);
    return this.#sessions.size < SESSIONS_MAX;
  }
}

/** Of callers on the loopback. */
export const LOCAL: Holder = { name: "", viewer: EVERYTHING };

function keyOf(token: string): string {
  return digestOf("sha256", token, "hex");
}
