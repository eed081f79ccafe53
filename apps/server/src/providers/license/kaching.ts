import type { KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "@swoosh/kernel";
import type { KeepEvidence, Propose } from "../propose.ts";
import type { Notify, Provider } from "../provider.ts";
import { Repeat } from "../repeat.ts";
import type { LicenceAnswer, LicenceServer } from "./licence-server.ts";
import { readToken, type LicenceToken } from "./licence-token.ts";
import { proposeLicence, type LicenceSeen } from "./license-fact.ts";

export interface KachingOptions {
  readonly clock: Clock;
  readonly propose: Propose;
  readonly keep: KeepEvidence;
  readonly notify: Notify;
  readonly server: LicenceServer;
  /** The server's public key, pinned: a token of anybody else is worth nothing. */
  readonly key: KeyObject;
  readonly licence: string;
  readonly cluster: string;
  /** ms after the end of a token in which what runs may end. */
  readonly graceMs: number;
  /** File that keeps the newest token over restarts; mode 0600. */
  readonly cachePath: string;
  /** 0 to 1, without 1. */
  readonly random: () => number;
}

/** Part of a token's life after which a new one is fetched, at random in between, so that a fleet does not ask at once. */
const REFRESH_FROM = 0.5;
const REFRESH_TO = 0.8;
const REFRESH_MS_MIN = 1_000;
const REFRESH_MS_MAX = 3_600_000;
/** ms between attempts where the server is away: doubled from the first to the last, each lengthened at random. */
const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 60_000;
/** ms between questions after a no. */
const DENIED_MS = 60_000;
const JITTER = 0.25;

/**
 * Follows a licence server. A token lives on where the server is away or busy: throttled is not denied, and neither takes a licence away;
 * time does, by the fact's `valid_until` and `stop_at`. A no counts at once. After a restart the kept token speaks first.
 */
export class KachingProvider implements Provider {
  readonly name = "kaching";
  readonly #options: KachingOptions;
  readonly #repeat: Repeat;
  #text: string | undefined;
  #token: LicenceToken | undefined;
  #failures = 0;
  /** What was last told and accepted of trouble, so that it is told once. */
  #trouble = "";

  constructor(options: KachingOptions) {
    this.#options = options;
    this.#repeat = new Repeat({
      clock: options.clock,
      act: () => this.#refresh(),
      onDefect: (error) => options.notify("error", `the licence: ${String(error)}`),
    });
  }

  async start(): Promise<void> {
    this.#trouble = "";
    this.#failures = 0;
    await this.#recall().catch((error: unknown) =>
      this.#options.notify("warn", `the kept licence could not be told: ${String(error)}`),
    );
    await this.#repeat.start();
  }

  async stop(): Promise<void> {
    await this.#repeat.stop();
  }

  /** The token that was kept, if it is one of ours and still has time. */
  async #recall(): Promise<void> {
    const { cachePath, clock, key } = this.#options;
    const text = readText(cachePath);
    if (text === undefined) return;
    const read = readToken(text, key);
    if (!read.ok || !this.#isOurs(read.token) || read.token.validUntil <= clock.now()) {
      rmSync(cachePath, { force: true });
      return;
    }
    this.#text = text;
    this.#token = read.token;
    await this.#tell(await this.#granted(text, read.token), read.token.issuedAt);
  }

  /** Asks once; gives ms until the next question. */
  async #refresh(): Promise<number> {
    const { server } = this.#options;
    let answer =
      this.#text === undefined ? await server.activate() : await server.heartbeat(this.#text);
    // A server that has forgotten or taken back a token may give a new one; only then its no is the licence's.
    if (answer.kind === "denied" && this.#text !== undefined) answer = await server.activate();
    return this.#take(answer);
  }

  async #take(answer: LicenceAnswer): Promise<number> {
    switch (answer.kind) {
      case "token":
        return this.#takeToken(answer.token);
      case "denied": {
        this.#forget();
        this.#failures = 0;
        await this.#tellOnce({ kind: "denied", reason: answer.reason });
        return this.#jittered(DENIED_MS);
      }
      case "throttled": {
        await this.#tellOnce({ kind: "throttled", reason: answer.reason });
        return this.#jittered(answer.retryAfterMs ?? this.#backoffMs());
      }
      case "unreachable": {
        await this.#tellOnce({ kind: "unreachable", reason: answer.reason });
        return this.#jittered(this.#backoffMs());
      }
    }
  }

  async #takeToken(text: string): Promise<number> {
    const { cachePath, clock, key, notify } = this.#options;
    const read = readToken(text, key);
    const problem = read.ok ? this.#problemOf(read.token) : read.problem;
    if (!read.ok || problem !== undefined) {
      notify("error", problem ?? "the licence server's token is no good");
      return this.#take({ kind: "unreachable", reason: problem ?? "no good token" });
    }
    this.#text = text;
    this.#token = read.token;
    this.#failures = 0;
    this.#trouble = "";
    writeText(cachePath, text);
    const isTold = await this.#tell(await this.#granted(text, read.token), clock.now());
    if (!isTold) return BACKOFF_MS_MIN;
    const leftMs = read.token.validUntil - clock.now();
    const share = REFRESH_FROM + (REFRESH_TO - REFRESH_FROM) * this.#options.random();
    return Math.min(Math.max(leftMs * share, REFRESH_MS_MIN), REFRESH_MS_MAX);
  }

  #problemOf(token: LicenceToken): string | undefined {
    const { clock } = this.#options;
    if (!this.#isOurs(token))
      return `the licence server's token is for ${token.licence} in ${token.cluster}, which is not us`;
    if (token.validUntil <= clock.now()) return "the licence server's token has ended already";
    if (this.#token !== undefined && token.version < this.#token.version)
      return `the licence server's token has version ${token.version}, older than ${this.#token.version}`;
    return undefined;
  }

  #isOurs({ cluster, licence }: LicenceToken): boolean {
    return cluster === this.#options.cluster && licence === this.#options.licence;
  }

  #forget(): void {
    this.#text = undefined;
    this.#token = undefined;
    rmSync(this.#options.cachePath, { force: true });
  }

  async #granted(text: string, token: LicenceToken): Promise<LicenceSeen> {
    const { graceMs, keep } = this.#options;
    const evidence = await keep(Buffer.from(text));
    return {
      kind: "granted",
      subject: token.licence,
      validUntil: token.validUntil,
      graceMs,
      token: evidence,
    };
  }

  async #tellOnce(seen: LicenceSeen & { readonly reason: string }): Promise<void> {
    const said = `${seen.kind} ${seen.reason}`;
    if (said === this.#trouble) return;
    if (await this.#tell(seen, this.#options.clock.now())) this.#trouble = said;
  }

  async #tell(seen: LicenceSeen, observedAt: number): Promise<boolean> {
    const { notify, propose } = this.#options;
    return proposeLicence(seen, { propose, notify, source: "kaching", observedAt });
  }

  #backoffMs(): number {
    const ms = Math.min(BACKOFF_MS_MIN * 2 ** this.#failures, BACKOFF_MS_MAX);
    this.#failures = Math.min(this.#failures + 1, 10);
    return ms;
  }

  #jittered(ms: number): number {
    return ms * (1 + JITTER * this.#options.random());
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Whole or not at all; losing it in a crash costs one question. */
function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
