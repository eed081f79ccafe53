import { basename } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { ProjectTool } from "../../project-file/project-plan.ts";
import type { Admission } from "../egress/egress.ts";
import { egressFetch } from "../egress/egress-fetch.ts";
import { killTree } from "./kill-tree.ts";
import type { ToolProbe, ToolSeen } from "./tool-probe.ts";

export interface McpProbeOptions {
  readonly admit: (url: URL) => Promise<Admission>;
  /** Leave for a program: it is killed where that ends. Throws where there is none. */
  readonly admitProgram: (name: string) => Pick<Admission, "onStop">;
  /** Programs that a project file names may be started beside this server. Off: such tools are down, and say why. */
  readonly mayStart: boolean;
  /** Where they are started. */
  readonly folder: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
/** Tools that are counted, page by page; more say nothing new. */
const TOOLS_MAX = 10_000;
/** Forms of the fact (`charts/tool.yaml`). */
const VERSION_LENGTH_MAX = 64;
const NOT_IN_VERSION = /[^A-Za-z0-9.+_-]/g;
const ENDPOINT_LENGTH_MAX = 200;
const NOT_IN_ENDPOINT = /[^!#-[\]-~]/g;
const REASON_LENGTH_MAX = 120;

/** A look through the official client: connect, server's version, list of tools. The connection is kept for the next look. */
export class McpProbe implements ToolProbe {
  readonly endpoint: string;
  readonly #tool: ProjectTool;
  readonly #options: McpProbeOptions;
  #client: Client | undefined;
  #release: () => void = () => {};

  constructor(tool: ProjectTool, options: McpProbeOptions) {
    this.#tool = tool;
    this.#options = options;
    const { server } = tool;
    const where =
      server.kind === "http" ? withoutQuery(server.url) : `stdio:${basename(server.run[0] ?? "")}`;
    this.endpoint = where.replaceAll(NOT_IN_ENDPOINT, "_").slice(0, ENDPOINT_LENGTH_MAX);
  }

  async look(onGone: () => void): Promise<ToolSeen> {
    const { mayStart, timeoutMs = TIMEOUT_MS } = this.#options;
    if (this.#tool.server.kind === "stdio" && !mayStart)
      return {
        kind: "down",
        reason: "programs of project files are not started here; see the setting tools-may-start",
      };
    try {
      const client = this.#client ?? (await this.#connect(onGone, timeoutMs));
      const tools = await countTools(client, timeoutMs);
      const version = client.getServerVersion()?.version ?? "";
      return {
        kind: "up",
        version: version.replaceAll(NOT_IN_VERSION, "_").slice(0, VERSION_LENGTH_MAX),
        tools,
      };
    } catch (error) {
      await this.close();
      return { kind: "down", reason: reasonOf(error) };
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#release();
    // A server that is gone cannot be taken leave of.
    await client?.close().catch(() => {});
  }

  async #connect(onGone: () => void, timeoutMs: number): Promise<Client> {
    const client = new Client({ name: "swoosh", version: "1" });
    const transport = this.#transport();
    this.#client = client;
    client.onclose = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#release();
      onGone();
    };
    await client.connect(transport, { timeout: timeoutMs });
    return client;
  }

  #transport(): StreamableHTTPClientTransport | StdioClientTransport {
    const { admit, admitProgram, folder } = this.#options;
    const { server } = this.#tool;
    if (server.kind === "http")
      return new StreamableHTTPClientTransport(new URL(server.url), { fetch: egressFetch(admit) });
    const [command = "", ...args] = server.run;
    const { onStop } = admitProgram(this.endpoint);
    const transport = new StdioClientTransport({ command, args, cwd: folder, stderr: "ignore" });
    this.#release = onStop(() => {
      if (transport.pid !== null) killTree(transport.pid);
    });
    return transport;
  }
}

async function countTools(client: Client, timeoutMs: number): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, {
      timeout: timeoutMs,
    });
    count += page.tools.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && count < TOOLS_MAX);
  return count;
}

function withoutQuery(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

function reasonOf(error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const text = error instanceof Error ? `${error.message}${cause}` : String(error);
  return text.replaceAll(/\s+/g, " ").slice(0, REASON_LENGTH_MAX) || "no reason was given";
}
