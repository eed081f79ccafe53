import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Log, RunningNode } from "@swoosh/server";

export const SWOOSH = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));
/** ms before an agent that died is started again; doubled each time it dies young. */
const AGAIN_MS = 500;
const AGAIN_MS_MAX = 30_000;
/** An agent that lived so long had no trouble starting. */
const YOUNG_MS = 10_000;
/** Young deaths in a row after which whoever watches must hear of it. */
const YOUNG_DEATHS = 3;
const LAST_WORDS_MAX = 200;
/** How our own refusals and Node's errors begin; what follows an error of Node's is its trace. */
const LAST_WORDS = /^swoosh|error/i;
/** ms that an agent has to stop before it is killed. */
const STOP_MS = 4_000;

/** Roles of a local agent: it may claim any seat, vote, work and install. */
export const AGENT_ROLES = [
  { role: "agent", scope: "project/*" },
  { role: "council", scope: "project/*" },
] as const;

export interface LocalAgents {
  /** Process numbers by name, of those that run now. */
  pids(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/**
 * Agents beside an embedded server: each a process of its own with its own key (`keys/agents`), registered by the folder's
 * operator; started again when it dies, and gone when this process is.
 */
export async function startLocalAgents(
  node: RunningNode,
  options: { readonly count: number; readonly url: string; readonly log: Log },
): Promise<LocalAgents> {
  const { dataFolder, PrivateKey, readKeyFile, writeKeyFile } = await import("@swoosh/server/keys");
  const { registerIdentity } = await import("@swoosh/server");
  const keys = join(dataFolder(node.folder).keys, "agents");
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  const agents: LocalAgent[] = [];
  for (let place = 1; place <= options.count; place += 1) {
    const name = `agent-${place}`;
    const file = join(keys, `${name}.pem`);
    if (!existsSync(file)) writeKeyFile(file, PrivateKey.generate());
    const key = readKeyFile(file).identity;
    await registerIdentity(node, { name, key, kind: "service", roles: AGENT_ROLES });
    const folder = join(node.folder, "agents", name);
    const { blobs } = dataFolder(node.folder);
    const { log, url } = options;
    agents.push(new LocalAgent({ name, file, folder, blobs, data: node.folder, url, log }));
  }
  return {
    pids: () =>
      new Map(agents.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]]))),
    async stop() {
      await Promise.all(agents.map((agent) => agent.stop()));
    },
  };
}

class LocalAgent {
  readonly name: string;
  readonly #given: {
    readonly file: string;
    readonly folder: string;
    readonly blobs: string;
    readonly data: string;
    readonly url: string;
    readonly log: Log;
  };
  #child: ChildProcess | null = null;
  #waitMs = AGAIN_MS;
  #youngDeaths = 0;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(given: {
    readonly name: string;
    readonly file: string;
    readonly folder: string;
    readonly blobs: string;
    readonly data: string;
    readonly url: string;
    readonly log: Log;
  }) {
    this.name = given.name;
    this.#given = given;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    // Its input ends, and with it the agent.
    child.stdin?.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  #start(): void {
    const { blobs, data, file, folder, log, url } = this.#given;
    const argv = ["agent", "up", "--controller", url, "--name", this.name, "--key", file];
    const began = performance.now();
    // A group of its own: Ctrl-C in a terminal reaches us alone, and we tell the agents.
    const child = spawn(
      process.execPath,
      [SWOOSH, ...argv, "--folder", folder, "--blobs", blobs, "--hide", data, "--with-parent"],
      {
        detached: true,
        stdio: ["pipe", "ignore", "pipe"],
      },
    );
    this.#child = child;
    child.stderr?.setEncoding("utf8");
    let lastWords = "";
    child.stderr?.on("data", (text: string) => {
      for (const line of text.split("\n")) {
        if (line === "") continue;
        log("debug", line);
        if (LAST_WORDS.test(line)) lastWords = `: ${line.trim().slice(0, LAST_WORDS_MAX)}`;
      }
    });
    child.stdin?.on("error", () => {});
    child.once("error", (error) =>
      log("error", `${this.name} cannot be started: ${error.message}`),
    );
    // `close`, not `exit`: by then all that it said has been read.
    child.once("close", (code, signal) => {
      this.#child = null;
      if (this.#isStopped) return;
      const isYoung = performance.now() - began <= YOUNG_MS;
      this.#waitMs = isYoung ? Math.min(this.#waitMs * 2, AGAIN_MS_MAX) : AGAIN_MS;
      this.#youngDeaths = isYoung ? this.#youngDeaths + 1 : 0;
      const end = signal ?? `exit ${code ?? "?"}`;
      log(
        this.#youngDeaths >= YOUNG_DEATHS ? "error" : "warn",
        `${this.name} ended (${end})${lastWords}; again in ${this.#waitMs} ms`,
      );
      this.#timer = setTimeout(() => this.#start(), this.#waitMs);
    });
  }
}
