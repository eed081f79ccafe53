import { blobHash } from "@swoosh/server";
import type { SeededRandom, Signer } from "@swoosh/kernel/testing";

/** DSSE type of what opens a session (transition API). */
const SESSION_TYPE = "application/vnd.swoosh.session.v1+json";
/** Its session has run out, or the server is fenced: that says nothing of what is there. */
const UNTOLD: ReadonlySet<number> = new Set([401, 503]);
/** Bytes of a piece of evidence: none, one, some, and more than one write takes. */
const SIZES = [0, 1, 900, 70_000];

/** What the clients of one folder put, over all lives of its servers. */
export class EvidenceBook {
  /** Bytes of what was acknowledged, by hash. */
  readonly kept = new Map<string, Uint8Array>();
  /** Of what nobody heard of: it may be there, whole, or not. */
  readonly open = new Map<string, Uint8Array>();
  readonly findings: string[] = [];
  #fresh = new Set<string>();

  /** It is about to be put. */
  note(hash: string, bytes: Uint8Array): void {
    if (!this.kept.has(hash)) this.open.set(hash, bytes);
    this.#fresh.add(hash);
  }

  /** What was put, told or not, since this was asked. */
  takeFresh(): ReadonlySet<string> {
    const fresh = this.#fresh;
    this.#fresh = new Set();
    return fresh;
  }

  /** What is there, or undefined, is what may be there. */
  check(hash: string, found: Uint8Array | undefined): void {
    const bytes = this.kept.get(hash) ?? this.open.get(hash);
    if (bytes === undefined) this.findings.push(`${hash} is there, and nobody put it`);
    else if (found !== undefined && !Buffer.from(found).equals(bytes))
      this.findings.push(`${hash} has ${found.length} bytes, not its own ${bytes.length}`);
    else if (found === undefined && this.kept.has(hash))
      this.findings.push(`${hash} was acknowledged, and is not there`);
  }
}

/** Puts evidence into a real server, and reads it. It is silent from the server's first silence on. */
export class EvidenceClient {
  readonly #url: string;
  readonly #token: string;
  readonly #book: EvidenceBook;
  readonly #random: SeededRandom;

  private constructor(url: string, token: string, along: EvidenceAlong) {
    this.#url = url;
    this.#token = token;
    this.#book = along.book;
    this.#random = along.random;
  }

  /** With a session of its own; null where the server is gone before. */
  static async open(
    url: string,
    about: EvidenceAlong & { readonly origin: string; readonly signer: Signer },
  ): Promise<EvidenceClient | null> {
    const { origin, signer } = about;
    try {
      const asked = await fetch(`${url}/session?signer=${signer.key}`);
      const { challenge }: { readonly challenge: string } = JSON.parse(await asked.text());
      const said = { challenge, origin, signer: signer.key };
      const signature = signer.sign(SESSION_TYPE, said);
      const response = await fetch(`${url}/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ challenge, signature, signer: signer.key }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`/session answers ${response.status}: ${text}`);
      const { token }: { readonly token: string } = JSON.parse(text);
      return new EvidenceClient(url, token, about);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  /** False: the server is gone. */
  async put(): Promise<boolean> {
    const { kept, open } = this.#book;
    const bytes = Buffer.alloc(this.#random.pick(SIZES) ?? 0, String(this.#random.next()));
    const hash = blobHash(bytes);
    this.#book.note(hash, bytes);
    const response = await this.#ask("/evidence", {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
    });
    // Refused by a fence, say: it is open as long as nobody was told.
    if (response?.status !== 201) return response !== null;
    const stored: { readonly hash: string } = JSON.parse(response.body.toString("utf8"));
    if (stored.hash !== hash) this.#book.findings.push(`${hash} was stored as ${stored.hash}`);
    kept.set(hash, bytes);
    open.delete(hash);
    return this.#read(hash);
  }

  /** Until the server is gone. */
  async readAll(hashes: Iterable<string>): Promise<void> {
    for (const hash of hashes) if (!(await this.#read(hash))) return;
  }

  async #read(hash: string): Promise<boolean> {
    const response = await this.#ask(`/evidence/${hash}`, {});
    if (response === null) return false;
    const { body, status } = response;
    if (status === 200 || status === 404) this.#book.check(hash, status === 200 ? body : undefined);
    else if (!UNTOLD.has(status))
      this.#book.findings.push(`${hash} is answered ${status}: ${body.toString("utf8")}`);
    return true;
  }

  async #ask(
    path: string,
    init: {
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Buffer<ArrayBuffer>;
    },
  ): Promise<{ readonly status: number; readonly body: Buffer } | null> {
    try {
      const headers = { authorization: `Bearer ${this.#token}`, ...init.headers };
      const response = await fetch(`${this.#url}${path}`, { ...init, headers });
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    } catch {
      return null;
    }
  }
}

export interface EvidenceAlong {
  readonly book: EvidenceBook;
  readonly random: SeededRandom;
}
