import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { OutboundRefused, type Admission } from "./egress.ts";

export interface OutboundCall {
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Bytes of the answer; more is refused. */
  readonly bytesMax?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly bytes: Uint8Array;
}

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 1_048_576;

/**
 * One HTTP request through the egress: to an admitted address, bounded in time and bytes, without redirects. Rejects with `OutboundRefused`,
 * or with the system's error where the network fails.
 */
export async function outboundRequest(
  admit: (url: URL) => Promise<Admission>,
  url: URL,
  call: OutboundCall = {},
): Promise<OutboundAnswer> {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new OutboundRefused(`${url.protocol} is no scheme of HTTP`);
  const admission = await admit(url);
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = start(url, {
      method: call.method ?? "GET",
      headers: { ...call.headers },
      lookup: pinnedLookup(admission.addresses),
      agent: false,
      signal: AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS),
    });
    const release = admission.onStop(() =>
      request.destroy(new OutboundRefused("the licence has ended; outbound stops")),
    );
    const fail = (error: unknown): void => {
      release();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    request.on("error", fail);
    request.on("response", (response) => {
      readAnswer(response, url, call.bytesMax ?? BYTES_MAX).then(
        (answer) => {
          release();
          resolve(answer);
        },
        (error: unknown) => {
          request.destroy();
          fail(error);
        },
      );
    });
    request.end(call.body);
  });
}

async function readAnswer(
  response: IncomingMessage,
  url: URL,
  bytesMax: number,
): Promise<OutboundAnswer> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && response.headers.location !== undefined) {
    throw new OutboundRefused(
      `${url.host} redirects to ${response.headers.location.slice(0, 100)}; redirects are not followed, name the address itself`,
    );
  }
  const pieces: Buffer[] = [];
  let length = 0;
  const stream: AsyncIterable<Buffer> = response;
  for await (const piece of stream) {
    length += piece.length;
    if (length > bytesMax) throw new Error(`${url.host} answered more than ${bytesMax} bytes`);
    pieces.push(piece);
  }
  return {
    status,
    bytes: Buffer.concat(pieces),
    header: (name) => {
      const value = response.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

/** A resolver that knows nothing but what was admitted. */
export function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const wanted = all.filter(
      ({ family }) =>
        options.family === undefined || options.family === 0 || options.family === family,
    );
    const [first] = wanted.length > 0 ? wanted : all;
    if (first === undefined) done(new Error("no address was admitted"), "");
    else if (options.all === true) done(null, all);
    else done(null, first.address, first.family);
  };
}
