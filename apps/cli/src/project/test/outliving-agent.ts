import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import type { PrivateKey } from "@swoosh/server/keys";
import type { Client } from "@swoosh/sdk";
import type { KilledServer } from "./killed-server.ts";
import { AGENT_ROLES, SWOOSH } from "../local-agents.ts";

/** An agent that nobody but the test ends: `swoosh agent up` of its own, whatever becomes of its server. */
export class OutlivingAgent {
  readonly name: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #said = "";
  #wake: () => void = () => {};

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = folder;
  }

  get #keyFile(): string {
    return join(this.#folder, `${this.name}.pem`);
  }

  /** Registered by the folder's operator, and started; `controller` is where it finds the server, where that is not the server itself. */
  async start(server: KilledServer, controller = server.url): Promise<void> {
    const { PrivateKey, writeKeyFile } = await import("@swoosh/server/keys");
    const key = PrivateKey.generate();
    writeKeyFile(this.#keyFile, key);
    const roles = AGENT_ROLES.map((role) => ({ ...role }));
    const inputs = { key: key.identity, kind: "service", roles };
    const operator = await server.operator();
    const answer = await operator.propose(`identity/${this.name}`, "Identity_Register", inputs);
    if (answer.kind === "refused") throw new Error(answer.problem.detail);
    const argv = ["agent", "up", "--controller", controller, "--name", this.name];
    argv.push("--key", this.#keyFile);
    const child = spawn(
      process.execPath,
      [SWOOSH, ...argv, "--folder", join(this.#folder, this.name)],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#child = child;
    const hear = (text: string): void => {
      this.#said += text;
      this.#wake();
    };
    child.stderr?.on("data", (text: Buffer) => hear(text.toString()));
    child.once("exit", (code, signal) => hear(`it ended with ${code ?? signal}`));
  }

  /** Its own key. */
  async key(): Promise<PrivateKey> {
    const { readKeyFile } = await import("@swoosh/server/keys");
    return readKeyFile(this.#keyFile);
  }

  /** Says what it could say itself: signs with its key. */
  async client(server: KilledServer): Promise<Client> {
    const key = await this.key();
    return server.client({ key: key.identity, sign: async (bytes) => key.signBytes(bytes) });
  }

  /** All that it said so far. */
  get heard(): string {
    return this.#said;
  }

  /** How often it said so. */
  said(words: string): number {
    return this.#said.split(words).length - 1;
  }

  /** Resolves when it has said so that often; rejects where it ends before. */
  async hears(words: string, times: number): Promise<void> {
    while (this.said(words) < times) {
      if (this.said("it ended with") > 0) throw new Error(this.#said.slice(-2_000));
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }
}
