import type { HttpRequest, HttpResponse, SdkPorts } from "../ports.ts";

type Forward = (request: HttpRequest) => Promise<HttpResponse>;
export type Fault = (request: HttpRequest, forward: Forward) => Promise<HttpResponse>;

/**
 * The network between a client and a server, at a test's command: faults are used up one by one, by the requests that
 * `concerns` picks; everything else goes through. `log` has every request.
 */
export class FaultyHttp {
  readonly log: HttpRequest[] = [];
  readonly ports: SdkPorts;
  faults: Fault[] = [];
  concerns: (request: HttpRequest) => boolean = () => true;

  constructor(ports: SdkPorts) {
    this.ports = {
      ...ports,
      http: (request) => {
        this.log.push(request);
        const fault = this.concerns(request) ? this.faults.shift() : undefined;
        return fault === undefined
          ? ports.http(request)
          : fault(request, (sent) => ports.http(sent));
      },
    };
  }

  /** Requests to a path so far. */
  count(path: string): number {
    return this.log.filter(({ url }) => new URL(url).pathname === path).length;
  }
}

/** The server gets it and answers, but the answer does not arrive. */
export const loseAnswer: Fault = async (request, forward) => {
  const response = await forward(request);
  for await (const _ of response.chunks);
  throw new Error("the connection broke");
};

/** The server never gets it. */
export const loseRequest: Fault = async () => {
  throw new Error("no route to the server");
};

/** The answer breaks off after so many bytes. */
export function breakAfter(bytes: number): Fault {
  return async (request, forward) => {
    const response = await forward(request);
    async function* some(): AsyncGenerator<Uint8Array, void, undefined> {
      let left = bytes;
      for await (const chunk of response.chunks) {
        if (chunk.length >= left) {
          yield chunk.subarray(0, left);
          response.cancel();
          throw new Error("the connection broke");
        }
        left -= chunk.length;
        yield chunk;
      }
    }
    return { ...response, chunks: some() };
  };
}

/** Somebody else answers: a proxy, a full server. */
export function answer(
  status: number,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/problem+json";
  const all: Readonly<Record<string, string>> = { "content-type": type, ...headers };
  return async () => ({
    status,
    header: (name) => all[name] ?? null,
    chunks: (async function* () {
      yield new TextEncoder().encode(text);
    })(),
    cancel: () => {},
  });
}

/** The answer with its bytes changed. */
export function doctor(change: (text: string) => string): Fault {
  return async (request, forward) => {
    const response = await forward(request);
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.chunks) text += decoder.decode(chunk, { stream: true });
    return {
      ...response,
      chunks: (async function* () {
        yield new TextEncoder().encode(change(text));
      })(),
    };
  };
}
