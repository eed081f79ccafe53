import { spawn, type ChildProcess } from "node:child_process";
import process from "node:process";
import { createClient, createWebPorts, type Client, type Signer } from "@swoosh/sdk";
import { SWOOSH } from "../local-agents.ts";

/** `swoosh up` with agents, in processes of their own, over one folder; killed and started again as often as one likes. */
export class KilledServer {
  readonly #data: string;
  #child: ChildProcess | undefined;
  #url = "";

  constructor(data: string) {
    this.#data = data;
  }

  /** Resolves when it says that it is ready. */
  start(agents: number): Promise<void> {
    const argv = ["up", "--data", this.#data, "--port", "0", "--agents", String(agents)];
    const child = spawn(process.execPath, [SWOOSH, ...argv, "--beats-per-minute", "240"], {
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
    if (child === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.kill(signal);
    });
  }
}
