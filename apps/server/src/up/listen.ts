import type { RunningNode } from "../node/open-node.ts";
import { serve, type RunningServer, type ServeOptions } from "../http/serve.ts";

/** Ports that are tried after the default one. */
const PORTS_TRIED_MAX = 20;

/** Serves on the port, or, where it may choose, on the next free one after it. */
export async function listen(
  node: RunningNode,
  options: ServeOptions,
  mayChoose: boolean,
): Promise<RunningServer> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await serve(node, { ...options, port: options.port + tried });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (!mayChoose || code !== "EADDRINUSE" || tried >= PORTS_TRIED_MAX) throw error;
    }
  }
}
