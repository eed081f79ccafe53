/**
 * What is used of a platform with web interfaces: Node 20 and later, browsers, workers. `globalThis` fits. Parameters are
 * unknown, so that the types of either world fit without their libraries.
 */
export interface WebPlatform {
  readonly AbortController: new () => {
    readonly signal: unknown;
    abort(reason?: unknown): void;
  };
  readonly Date: { now(): number };
  readonly TextDecoder: new (
    label: string,
    options: { fatal: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array, options: { stream: boolean }): string };
  readonly crypto: {
    getRandomValues(array: Uint8Array<ArrayBuffer>): unknown;
    readonly subtle: WebSubtle;
  };
  fetch(url: string, init: unknown): Promise<WebResponse>;
  setTimeout(handler: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface WebResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): unknown } | null;
}

/** WebCrypto with Ed25519 (Secure Curves). Browsers have it on https and on the loopback only. */
export interface WebSubtle {
  importKey(
    format: unknown,
    data: unknown,
    algorithm: unknown,
    extractable: boolean,
    usages: unknown,
  ): Promise<unknown>;
  exportKey(format: unknown, key: unknown): Promise<unknown>;
  generateKey(algorithm: unknown, extractable: boolean, usages: unknown): Promise<unknown>;
  sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer>;
  verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): Promise<boolean>;
}

export const ED25519 = { name: "Ed25519" } as const;
