import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@swoosh/kernel";
import { createClient, createWebPorts, type Client } from "@swoosh/sdk";
import { beginProject } from "../begin-project.ts";
import { AGENT_ROLES, SWOOSH } from "../local-agents.ts";
import { startEmbeddedFleet, type EmbeddedFleet, type EmbeddedOptions } from "../embedded-fleet.ts";

/** A bar takes two seconds: on a busy machine an agent needs part of a second to say a word, and must not miss every window. */
const BEATS_PER_MINUTE = 240;

/** Below it, tasks see what tests put there: what lies in the folder for temporary files they do not see. */
const SEEN = fileURLToPath(new URL("../../../../../node_modules/.cache", import.meta.url));

/** A server with services in this process, and agents in processes of their own, over a folder that goes with the rig. */
export class FleetRig {
  readonly root = mkdtempSync(join(tmpdir(), "swoosh-fleet-"));
  readonly data = join(this.root, "data");
  readonly lines: string[] = [];
  /** A folder that tasks can read. */
  readonly seen = mkdirTemporary(SEEN);
  readonly #hired: ChildProcess[] = [];
  #fleet: EmbeddedFleet | undefined;

  async start(options: Partial<EmbeddedOptions> = {}): Promise<void> {
    this.#fleet = await startEmbeddedFleet({
      data: this.data,
      agents: 1,
      beatsPerMinute: BEATS_PER_MINUTE,
      log: (...line) => this.lines.push(JSON.stringify(line)),
      ...options,
    });
  }

  /** An agent that nobody starts again; ends with the rig. */
  async hire(name: string): Promise<ChildProcess> {
    const { PrivateKey, writeKeyFile } = await import("@swoosh/server/keys");
    const { registerIdentity } = await import("@swoosh/server");
    const key = PrivateKey.generate();
    const file = join(this.root, `${name}.pem`);
    writeKeyFile(file, key);
    const identity = { name, key: key.identity, kind: "service", roles: AGENT_ROLES } as const;
    await registerIdentity(this.fleet.node, identity);
    const argv = ["agent", "up", "--controller", this.fleet.url, "--name", name, "--key", file];
    const child = spawn(
      process.execPath,
      [
        SWOOSH,
        ...argv,
        "--folder",
        join(this.root, "agents", name),
        "--hide",
        this.root,
        "--with-parent",
      ],
      { stdio: ["pipe", "ignore", "ignore"] },
    );
    child.stdin?.on("error", () => {});
    this.#hired.push(child);
    return child;
  }

  async stop(): Promise<void> {
    for (const child of this.#hired.splice(0)) child.kill("SIGKILL");
    await this.#fleet?.stop();
    this.#fleet = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
    rmSync(this.seen, { recursive: true, force: true });
  }

  get fleet(): EmbeddedFleet {
    if (this.#fleet === undefined) throw new Error("the fleet does not run");
    return this.#fleet;
  }

  /** Signs with the operator's key of the folder. */
  async operator(): Promise<Client> {
    const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
    const key = readKeyFile(dataFolder(this.data).operatorKey);
    const signer = {
      key: key.identity,
      sign: async (bytes: Uint8Array): Promise<Uint8Array> => key.signBytes(bytes),
    };
    return createClient({ url: this.fleet.url, ports: createWebPorts(globalThis), signer });
  }

  async mustPropose(instance: string, transition: string, inputs: JsonObject = {}): Promise<void> {
    const proposed = await (await this.operator()).propose(instance, transition, inputs);
    if (proposed.kind === "refused")
      throw new Error(`${transition}: ${proposed.problem.code}: ${proposed.problem.detail}`);
  }

  /** A folder with these files. */
  source(name: string, files: Readonly<Record<string, string>>): string {
    const folder = join(this.root, "sources", name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  async begin(instance: string, source: string): Promise<void> {
    await beginProject(await this.operator(), { instance, source });
  }

  configuration(instance: string): readonly string[] {
    return this.fleet.node.engine.state.head(instance)?.document.configuration ?? [];
  }

  context<Context>(instance: string): Context {
    return this.fleet.node.engine.state.head(instance)?.document.context as Context;
  }

  /** Resolves when the instance is as asked; looks after each record. */
  until(instance: string, isThere: (leaves: readonly string[]) => boolean): Promise<void> {
    const { node } = this.fleet;
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isThere(this.configuration(instance))) return;
        stop();
        resolve();
      };
      const stop = node.onRecord(() => setImmediate(look));
      setImmediate(look);
    });
  }

  /** Does a checkout of an agent have this file in its root? */
  isInCheckout(name: string): boolean {
    return readdirSync(this.root, { recursive: true, encoding: "utf8" }).some((path) =>
      new RegExp(`/scratch/[^/.]+/${name}$`).test(path),
    );
  }

  /** Resolves when a leaf ends so. */
  untilIn(instance: string, leaf: string): Promise<void> {
    return this.until(instance, (leaves) => leaves.some((one) => one.endsWith(leaf)));
  }

  /** Records of the whole log, parsed. */
  async records(): Promise<readonly RigRecord[]> {
    const records: RigRecord[] = [];
    for await (const { text } of (await this.operator()).journal()) records.push(JSON.parse(text));
    return records;
  }

  /** What of the rig, beside its sources, holds this text: files, and lines of the log. */
  holdersOf(text: string): readonly string[] {
    const sources = join(this.root, "sources");
    const files = readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith(sources) && readFileSync(path).includes(text));
    return [...files, ...this.lines.filter((line) => line.includes(text))];
  }
}

function mkdirTemporary(place: string): string {
  mkdirSync(place, { recursive: true });
  return mkdtempSync(join(place, "swoosh-fleet-"));
}

export interface RigRecord {
  readonly index: number;
  readonly at: number;
  readonly configuration: readonly string[];
  readonly inputs?: JsonObject;
  readonly proposal: {
    readonly instance: string;
    readonly signer: string;
    readonly transition: string;
  };
}
