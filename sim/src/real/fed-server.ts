import { writeFileSync } from "node:fs";
import { parseCheckpoint } from "@swoosh/kernel";
import type { FedEvent, FedStep } from "../feed.ts";
import { startServer, type LiveServer } from "./live-server.ts";

/** Head of the log, and the hash of each instance's document. */
export interface FedState {
  readonly size: number;
  readonly root: string;
  readonly hashes: ReadonlyMap<string, string>;
}

interface Script {
  readonly file: string;
  readonly seed: string;
}

/** A real server under a test's scripted ports, fed with what reached a simulated node. */
export class FedServer {
  readonly server: LiveServer;
  readonly #url: string;
  readonly #script: Script;

  private constructor(server: LiveServer, url: string, script: Script) {
    this.server = server;
    this.#url = url;
    this.#script = script;
  }

  /** On an empty folder, with the clock at `nowMs`. `file`: where its script is to lie. */
  static async start(given: {
    readonly data: string;
    readonly file: string;
    readonly seed: string;
    readonly name: string;
    readonly nowMs: number;
  }): Promise<FedServer> {
    const { data, file, name, nowMs, seed } = given;
    writeScript(file, seed, nowMs);
    const server = startServer({ data, testPorts: { file, name } });
    const url = await server.url;
    if (url === null) throw new Error(`the server did not start: ${server.said()}`);
    return new FedServer(server, url, { file, seed });
  }

  /** One thing after the other, each when there are as many records as there were after the one before it. */
  async feed(steps: readonly FedStep[]): Promise<void> {
    for (const { event, size } of steps) {
      await this.#give(event);
      if (size > 0) await this.#reaches(size);
    }
  }

  async state(instances: readonly string[]): Promise<FedState> {
    const head = parseCheckpoint(await this.#text("/log/checkpoint"));
    if (!head.ok) throw new Error(`no checkpoint: ${head.problem}`);
    const hashes = new Map<string, string>();
    for (const instance of instances) {
      const read: { readonly hash: string } = JSON.parse(
        await this.#text(`/state?instance=${instance}`),
      );
      hashes.set(instance, read.hash);
    }
    const { root, size } = head.checkpoint;
    return { size, root, hashes };
  }

  async #give(event: FedEvent): Promise<void> {
    if (event.kind === "clock") {
      writeScript(this.#script.file, this.#script.seed, event.nowMs);
      this.server.process.kill("SIGUSR2");
      const line = await this.server.nextLine();
      if (line !== JSON.stringify({ clock: event.nowMs }))
        throw new Error(`the clock was set to ${event.nowMs}, and the server says ${line}`);
      return;
    }
    const response = await fetch(`${this.#url}/transition${event.dryRun ? "?dry_run=true" : ""}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: event.text,
    });
    await response.text();
  }

  /** What the clock brought about is recorded of itself: so it is waited for. */
  async #reaches(size: number): Promise<void> {
    for (let asked = 0; asked < ASKED_MAX; asked += 1) {
      const head = parseCheckpoint(await this.#text("/log/checkpoint"));
      if (head.ok && head.checkpoint.size >= size) return;
    }
    throw new Error(`the server does not reach ${size} records, as the simulated node did`);
  }

  async #text(path: string): Promise<string> {
    return (await fetch(`${this.#url}${path}`)).text();
  }
}

/** Times that the head is asked for while a timer's record is made: far more than the two or three that it takes. */
const ASKED_MAX = 2_000;

function writeScript(file: string, seed: string, nowMs: number): void {
  writeFileSync(file, JSON.stringify({ seed, now_ms: nowMs }));
}
