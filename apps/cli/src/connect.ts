import type { Client, HttpResponse, SdkPorts, Signer } from "@swoosh/sdk";
import { WorldError } from "./world-error.ts";

/** Where a command finds its server: at an address, or straight over a folder. */
export interface ServerPlace {
  readonly url?: string;
  readonly data?: string;
}

/** Told once, at the first try that found nobody: the client tries again for a while, and a person should know that it does. */
export type OnUnheard = (words: string) => void;

export interface Connection {
  readonly client: Client;
  close(): Promise<void>;
}

const URL_DEFAULT = "http://127.0.0.1:8080";

/**
 * A client of the server at `url` (or SWOOSH_URL, or the default address). With `data` the folder is opened as its one writer
 * and served to this process alone for as long as the command runs.
 */
export async function connect(
  place: ServerPlace,
  signer?: Signer,
  onUnheard: OnUnheard = () => {},
): Promise<Connection> {
  if (place.data === undefined) return connectTo(addressOf(place), signer, { onUnheard });
  const { openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const node = await openNode({ folder: place.data });
  const server = await serve(node, { host: "127.0.0.1", port: 0 });
  const { client } = await connectTo(server.url, signer);
  return { client, close: () => server.stop() };
}

/**
 * As `connect`, for commands that only read: with `data` the folder is read as it is, without its lock and without a change
 * to it, also while a server runs there.
 */
export async function connectToRead(
  place: ServerPlace,
  signer?: Signer,
  onUnheard: OnUnheard = () => {},
): Promise<Connection> {
  if (place.data === undefined) return connectTo(addressOf(place), signer, { onUnheard });
  const { openFolderReader } = await import("@swoosh/server/folder");
  const reader = await openFolderReader({ folder: place.data });
  const http: SdkPorts["http"] = async ({ headers, url }) => {
    const { pathname, search } = new URL(url);
    return responseOf(await reader.get(`${pathname}${search}`, headers));
  };
  const { client } = await connectTo(URL_DEFAULT, undefined, { http });
  return { client, close: () => reader.close() };
}

function addressOf({ url = process.env["SWOOSH_URL"] ?? URL_DEFAULT }: ServerPlace): string {
  if (URL.canParse(url)) return url;
  throw new WorldError(`${url} is no address; write it as ${URL_DEFAULT}`);
}

async function connectTo(
  url: string,
  signer: Signer | undefined,
  own: { readonly http?: SdkPorts["http"]; readonly onUnheard?: OnUnheard } = {},
): Promise<Connection> {
  const { createClient, createWebPorts } = await import("@swoosh/sdk");
  const { hasher } = await import("@swoosh/server/keys");
  const web = createWebPorts(globalThis, { hasher });
  const http = own.http ?? heard(web.http, url, own.onUnheard ?? (() => {}));
  const ports = { ...web, http };
  const client = createClient({ url, ports, ...(signer === undefined ? {} : { signer }) });
  return { client, close: async () => {} };
}

/** Asks as `http` does, and tells the first time that nobody listened. */
function heard(http: SdkPorts["http"], url: string, onUnheard: OnUnheard): SdkPorts["http"] {
  let isTold = false;
  return async (request) => {
    try {
      return await http(request);
    } catch (error) {
      const why = codeOf(error);
      if (why !== undefined && !isTold)
        onUnheard(
          `nobody listens at ${url} (${why}); trying again for a while, Ctrl-C ends it. Start one with swoosh up, or name another with --url`,
        );
      isTold ||= why !== undefined;
      throw error;
    }
  };
}

/** Why no connection was had, where that is what happened; what a fetch rejects with has it as its cause. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && NOBODY.has(code) ? code : undefined;
}

const NOBODY: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
]);

function responseOf(answer: {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}): HttpResponse {
  const { body, headers, status } = answer;
  return {
    status,
    header: (name) => (headers[name] === undefined ? null : String(headers[name])),
    chunks: (async function* () {
      yield body;
    })(),
    cancel: () => {},
  };
}
