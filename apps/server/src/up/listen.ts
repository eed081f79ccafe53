import type { RunningNode } from "../node/open-node.ts";
import { serve, type RunningServer, type ServeOptions } from "../http/serve.ts";

/** Ports that are tried after the default one. */
const PORTS_TRIED_MAX = 20;

/** The same failure of the system, told with what to do; its code stays, for the exit code hangs on it. */
class CannotListen extends Error {
  override readonly name = "CannotListen";
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Serves on the port, or, where it may choose, on the next free one after it. Where none is had, nothing of the node stays open. */
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
      if (mayChoose && code === "EADDRINUSE" && tried < PORTS_TRIED_MAX) continue;
      await node.close();
      const last = mayChoose ? options.port + tried : options.port;
      throw explained(error, { code, last, ...options });
    }
  }
}

function explained(
  error: unknown,
  about: {
    readonly code: unknown;
    readonly host: string;
    readonly port: number;
    readonly last: number;
  },
): unknown {
  const { code, host, last, port } = about;
  const ports =
    last > port ? `ports ${port} to ${last} of ${host} are` : `port ${port} of ${host} is`;
  switch (code) {
    case "EADDRINUSE":
      return new CannotListen(
        code,
        `${ports} taken by other programs; name another with --port or SWOOSH_PORT (0 picks a free one), or stop what listens there`,
        error,
      );
    case "EADDRNOTAVAIL":
      return new CannotListen(
        code,
        `${host} is no address of this machine; name one of its own with --host`,
        error,
      );
    case "EACCES":
      return new CannotListen(
        code,
        `port ${port} of ${host} is for privileged programs alone; name one from 1024 on with --port`,
        error,
      );
    default:
      return error;
  }
}
