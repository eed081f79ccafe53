import type { Hasher } from "@swoosh/kernel/values";

/** The doors of a client to the world. `createWebPorts(globalThis)` gives all of them in Node and in browsers. */
export interface SdkPorts {
  /** One HTTP exchange. Rejects where no answer came, whatever the reason; any status is an answer. */
  http(request: HttpRequest): Promise<HttpResponse>;
  readonly clock: SdkClock;
  /** `count` unpredictable bytes: idempotency keys and jitter are made of them. */
  random(count: number): Uint8Array;
  readonly hasher: Hasher;
  /** Ed25519 over raw bytes (RFC 8032); the strict checks beside it are the SDK's. */
  verify(check: {
    readonly key: Uint8Array;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }): Promise<boolean>;
  /** A decoder of UTF-8 for one stream: bytes that end inside a character wait for the next ones. */
  decoder(): (bytes: Uint8Array) => string;
}

export interface SdkClock {
  /** ms since the epoch. */
  now(): number;
  /** Calls `wake` once, `ms` from now; the answer cancels it. */
  wakeIn(ms: number, wake: () => void): () => void;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** ms until the answer's head must be there; null: for ever. */
  readonly timeoutMs: number | null;
  readonly signal?: Cancellation;
}

export interface HttpResponse {
  readonly status: number;
  /** Value of a header, by lower-case name, or null. */
  header(name: string): string | null;
  /** The body as it arrives; read once. Rejects where the connection breaks before its end. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nobody reads on: the connection may be closed. May be called at any time. */
  cancel(): void;
}

/** What an `AbortSignal` is, as far as it matters here. */
export interface Cancellation {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Somebody with a key. The key itself may lie anywhere: in the platform's store, a file, a hardware token. */
export interface Signer {
  /** `hmmm:pubkey:<base64url of 32 bytes>`. */
  readonly key: string;
  /** 64 bytes of Ed25519 over exactly these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
