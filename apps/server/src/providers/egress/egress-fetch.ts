import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { Readable } from "node:stream";
import { OutboundRefused, type Admission } from "./egress.ts";
import { pinnedLookup } from "./outbound-request.ts";

/** Statuses whose responses have no body. */
const EMPTY = new Set([101, 204, 205, 304]);

/**
 * `fetch` through the egress, for libraries that take one: each request to an admitted address, without redirects, ended when outbound stops.
 * Bodies are texts or bytes.
 */
export function egressFetch(
  admit: (url: URL) => Promise<Admission>,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (address, init = {}) => {
    const url = new URL(address);
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new OutboundRefused(`${url.protocol} is no scheme of HTTP`);
    const body = bodyOf(init.body);
    const admission = await admit(url);
    return new Promise((resolve, reject) => {
      const start = url.protocol === "https:" ? requestHttps : requestHttp;
      const request = start(url, {
        method: init.method ?? "GET",
        headers: Object.fromEntries(new Headers(init.headers)),
        lookup: pinnedLookup(admission.addresses),
        agent: false,
        ...(init.signal === undefined || init.signal === null ? {} : { signal: init.signal }),
      });
      const release = admission.onStop(() =>
        request.destroy(new OutboundRefused("the licence has ended; outbound stops")),
      );
      request.once("close", release);
      request.once("error", reject);
      request.once("response", (response) => {
        const { location } = response.headers;
        const status = response.statusCode ?? 0;
        if (status >= 300 && status < 400 && location !== undefined) {
          request.destroy();
          reject(
            new OutboundRefused(
              `${url.host} redirects to ${location.slice(0, 100)}; redirects are not followed, name the address itself`,
            ),
          );
        } else resolve(responseOf(response, status));
      });
      request.end(body);
    });
  };
}

function bodyOf(body: RequestInit["body"]): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("a body through the egress is a text or bytes");
}

function responseOf(response: IncomingMessage, status: number): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headersDistinct))
    for (const one of value ?? []) headers.append(name, one);
  if (EMPTY.has(status)) {
    response.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(response), { status, headers });
}
