import { pureHasher } from "@swoosh/kernel/values";
import type { HttpRequest, HttpResponse, SdkPorts } from "./ports.ts";
import { ED25519, type WebPlatform, type WebResponse } from "./web-platform.ts";

/**
 * All ports over the interfaces that Node and browsers share: `createWebPorts(globalThis)`. SHA-256 is plain ECMAScript,
 * because WebCrypto's answers later and the kernel hashes in the middle of its work; hand in `hasher` where there is a
 * faster one (`node:crypto` hashed records of 1 KB ten times as fast).
 */
export function createWebPorts(
  platform: WebPlatform,
  own: Partial<Pick<SdkPorts, "hasher" | "http" | "clock" | "random">> = {},
): SdkPorts {
  const { subtle } = platform.crypto;
  return {
    http: own.http ?? ((request) => webHttp(platform, request)),
    clock: own.clock ?? {
      now: () => platform.Date.now(),
      wakeIn: (ms, wake) => {
        const timer = platform.setTimeout(wake, ms);
        return () => platform.clearTimeout(timer);
      },
    },
    random: own.random ?? ((count) => randomBytes(platform, count)),
    hasher: own.hasher ?? pureHasher,
    verify: async ({ key, message, signature }) => {
      try {
        const imported = await subtle.importKey("raw", key, ED25519, false, ["verify"]);
        return await subtle.verify(ED25519, imported, signature, message);
      } catch {
        // Not a point of the curve: platforms throw where they cannot decode one.
        return false;
      }
    },
    decoder: () => {
      // Fatal would lose what came before the bad byte; a replacement character is found by whoever checks the text.
      const decoder = new platform.TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
      return (bytes) => decoder.decode(bytes, { stream: true });
    },
  };
}

function randomBytes(platform: WebPlatform, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  platform.crypto.getRandomValues(bytes);
  return bytes;
}

async function webHttp(platform: WebPlatform, request: HttpRequest): Promise<HttpResponse> {
  const controller = new platform.AbortController();
  const stop = (): void => controller.abort(request.signal?.reason);
  const timer =
    request.timeoutMs === null
      ? null
      : platform.setTimeout(
          () => controller.abort(new Error(`no answer within ${request.timeoutMs} ms`)),
          request.timeoutMs,
        );
  if (request.signal?.aborted === true) stop();
  request.signal?.addEventListener("abort", stop);
  const settle = (): void => {
    if (timer !== null) platform.clearTimeout(timer);
    request.signal?.removeEventListener("abort", stop);
  };
  try {
    const response = await platform.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: controller.signal,
      // A redirect would carry a token or a proposal to a place that nobody named.
      redirect: "error",
      cache: "no-store",
      credentials: "omit",
    });
    if (timer !== null) platform.clearTimeout(timer);
    return openResponse(response, { cancel: () => controller.abort(), settle });
  } catch (error) {
    settle();
    throw error;
  }
}

function openResponse(
  response: WebResponse,
  hooks: { readonly cancel: () => void; readonly settle: () => void },
): HttpResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    chunks: chunksOf(response, hooks.settle),
    cancel: () => {
      hooks.settle();
      hooks.cancel();
    },
  };
}

interface WebReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(): Promise<void>;
}

async function* chunksOf(
  response: WebResponse,
  settle: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = readerOf(response);
  let isWhole = reader === null;
  try {
    while (reader !== null) {
      const { done, value } = await reader.read();
      if (done) {
        isWhole = true;
        return;
      }
      if (value !== undefined) yield value;
    }
  } finally {
    settle();
    // Nobody reads on: the rest of the body is not wanted.
    if (!isWhole) await reader?.cancel().catch(() => {});
  }
}

function readerOf({ body }: WebResponse): WebReader | null {
  const reader: unknown = body?.getReader() ?? null;
  return isReader(reader) ? reader : null;
}

function isReader(value: unknown): value is WebReader {
  return typeof value === "object" && value !== null && "read" in value && "cancel" in value;
}
