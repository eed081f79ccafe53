import { spawn, type ChildProcess } from "node:child_process";
import process from "node:process";
import { createClient, createWebPorts, type Client, type Signer } from "@swoosh/sdk";
import { freePort } from "@swoosh/test";
import { SWOOSH } from "../local-agents.ts";

/** `swoosh up` with agents, in processes of their own, over one folder; killed and started again as often as one likes. */
export class KilledServer {
  readonly #data: string;
  #child: ChildProcess | undefined;
  #port = 0;
  #url = "";

  constructor(data: string) {
    this.#data = data;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("the server does not run");
    return pid;
  }

  /**
   * Resolves when it says that it is ready: always at the same address, so that whoever outlives it finds it again. `settings` are
   * variables of its environment.
   */
  async start(agents: number, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const argv = ["up", "--data", this.#data, "--port", String(this.#port), "--projects"];
    argv.push("--agents", String(agents));
    const child = spawn(process.execPath, [SWOOSH, ...argv, "--beats-per-minute", "240"], {
      env: { ...process.env, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (text: Buffer) => {
      said = (said + text.toString()).slice(-4_000);
    });
    return new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${said}`)));
      child.stdout?.once("data", (line: Buffer) => {
        const { url }: { url: string } = JSON.parse(line.toString().split("\n")[0] ?? "");
        this.#url = url;
        child.removeAllListeners("exit");
        resolve();
      });
    });
  }

  /** Signs with the operator's key of the folder. */
  async operator(): Promise<Client> {
    const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
    const key = readKeyFile(dataFolder(this.#data).operatorKey);
    return this.client({
      key: key.identity,
      sign: async (bytes: Uint8Array): Promise<Uint8Array> => key.signBytes(bytes),
    });
  }

  client(signer?: Signer): Client {
    const ports = createWebPorts(globalThis);
    return createClient({ url: this.#url, ports, ...(signer === undefined ? {} : { signer }) });
  }

  /** Resolves when the log has a record of this instance with one of these transitions, at or after `from`; gives its index. */
  async seen(instance: string, transitions: readonly string[], from: number): Promise<number> {
    for await (const { index, text } of this.client().tail({ from })) {
      const { proposal }: { proposal: { instance: string; transition: string } } = JSON.parse(text);
      if (proposal.instance === instance && transitions.includes(proposal.transition)) return index;
    }
    throw new Error("the log ended");
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.kill(signal);
    });
  }
}
