import type { Client, Signer } from "@swoosh/sdk";
import { WorldError } from "./world-error.ts";

/** Where a command finds its server: at an address, or straight over a folder while no server runs on it. */
export interface ServerPlace {
  readonly url?: string;
  readonly data?: string;
}

export interface Connection {
  readonly client: Client;
  close(): Promise<void>;
}

const URL_DEFAULT = "http://127.0.0.1:8080";

/**
 * A client of the server at `url` (or SWOOSH_URL, or the default address). With `data` the folder is opened and served to
 * this process alone for as long as the command runs.
 */
export async function connect(place: ServerPlace, signer?: Signer): Promise<Connection> {
  const { createClient, createWebPorts } = await import("@swoosh/sdk");
  const { hasher } = await import("@swoosh/server");
  const ports = createWebPorts(globalThis, { hasher });
  const of = (url: string): Client =>
    createClient({ url, ports, ...(signer === undefined ? {} : { signer }) });
  if (place.data === undefined) {
    const url = place.url ?? process.env["SWOOSH_URL"] ?? URL_DEFAULT;
    if (!URL.canParse(url))
      throw new WorldError(`${url} is no address; write it as ${URL_DEFAULT}`);
    return { client: of(url), close: async () => {} };
  }
  const { openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const node = await openNode({ folder: place.data });
  const server = await serve(node, { host: "127.0.0.1", port: 0 });
  return { client: of(server.url), close: () => server.stop() };
}
