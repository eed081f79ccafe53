import type { Client, HttpResponse, SdkPorts, Signer } from "@swoosh/sdk";
import { boundedPatience } from "./bounded-patience.ts";
import { findByFolder, URL_DEFAULT } from "./find-by-folder.ts";
import { WorldError } from "./world-error.ts";

/** Where a command finds its server: at an address, over a folder, or by the folder that the signer's key lies in. */
export interface ServerPlace {
  readonly url?: string;
  readonly data?: string;
  readonly key?: string;
}

/** Told at the first try that found nobody, and when nobody is waited for any more (`boundedPatience`). */
export type OnUnheard = (words: string) => void;

export interface Connection {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * A client of the server at `url` (or SWOOSH_URL, or where the folder says that its server is: `findByFolder`). With `data` it is the
 * server that runs over the folder; where none does, the folder is opened as its one writer and served to this process alone for as
 * long as the command runs.
 */
export async function connect(
  place: ServerPlace,
  signer?: Signer,
  onUnheard: OnUnheard = () => {},
): Promise<Connection> {
  if (place.data === undefined)
    return connectTo(await addressOf(place, onUnheard), signer, { onUnheard });
  const { findServer } = await import("@swoosh/server/running");
  const there = findServer(place.data);
  if (there !== undefined) return connectTo(there.url, signer, { onUnheard });
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
  if (place.data === undefined)
    return connectTo(await addressOf(place, onUnheard), signer, { onUnheard });
  const { openFolderReader } = await import("@swoosh/server/folder");
  const reader = await openFolderReader({ folder: place.data });
  const http: SdkPorts["http"] = async ({ headers, url }) => {
    const { pathname, search } = new URL(url);
    return responseOf(await reader.get(`${pathname}${search}`, headers));
  };
  const { client } = await connectTo(URL_DEFAULT, undefined, { http });
  return { client, close: () => reader.close() };
}

async function addressOf(place: ServerPlace, onUnheard: OnUnheard): Promise<string> {
  const url = place.url ?? process.env["SWOOSH_URL"];
  if (url === undefined) return findByFolder(place.key, onUnheard);
  const { host, password, username } = URL.parse(url) ?? {};
  // Not said again: it is a password.
  if (username || password)
    throw new WorldError(
      `the address of ${host ?? "the server"} has a name or a password before its host; take it out: who asks shows it by --key`,
    );
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
  const tell = own.onUnheard ?? (() => {});
  const doors = own.http === undefined ? boundedPatience(web, { url, tell }) : { http: own.http };
  const ports = { ...web, ...doors };
  // A person's command: whose key it is is not known here, and a token that is no operator's does no harm.
  const signed = signer === undefined ? {} : { signer, operator: true };
  const client = createClient({ url, ports, ...signed });
  return { client, close: async () => {} };
}

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
