import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { hasher } from "../../hasher.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import type { PrivateKey } from "../../keys/private-key.ts";
import { dataFolder } from "../../node/data-folder.ts";
import { initNode } from "../../node/init-node.ts";
import { openNode, type NodeOptions, type RunningNode } from "../../node/open-node.ts";
import { systemClock } from "../../node/system-clock.ts";
import { serve, type RunningServer, type ServeOptions } from "../serve.ts";

/** What a test proposes; what is left out is filled in as an honest client would. */
export interface Wish {
  readonly instance?: string;
  readonly transition?: string;
  readonly inputs?: JsonObject;
  readonly signer?: PrivateKey;
  readonly change?: JsonObject;
}

/** A real server on the loopback over a folder of its own. */
export class ServedFolder {
  readonly folder: string;
  readonly operator: PrivateKey;
  node: RunningNode;
  server: RunningServer;
  #keys = 0;

  constructor(given: { folder: string; node: RunningNode; server: RunningServer }) {
    this.folder = given.folder;
    this.node = given.node;
    this.server = given.server;
    this.operator = readKeyFile(dataFolder(given.folder).operatorKey);
  }

  /** The body of a proposal that deserves no refusal but for what `change` makes of it. */
  body(wish: Wish = {}): JsonObject {
    const { inputs = { reason: "because", variant: "on" }, signer = this.operator } = wish;
    const instance = wish.instance ?? "flag/a";
    const head = this.node.engine.state.head(instance);
    this.#keys += 1;
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: formatHlc({ wallMs: systemClock.now(), counter: 0 }),
      idem_key: `t:0:wish:${this.#keys}`,
      inputs_hash: valueHash(hasher, inputs),
      instance,
      origin: this.node.origin,
      signer: signer.identity,
      transition: wish.transition ?? "Flag_Set",
      ...wish.change,
    };
    return { ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) };
  }

  text(wish: Wish = {}): string {
    return canonicalize(this.body(wish));
  }

  async post(body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.server.url}/transition`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  }

  async restart(options: Partial<ServeOptions> = {}): Promise<void> {
    await this.server.stop();
    this.node = await openNode({ folder: this.folder });
    this.server = await serve(this.node, { host: "127.0.0.1", port: 0, ...options });
  }
}

/** Runs a test against a fresh server, and takes everything away afterwards. */
export async function withServer(
  test: (served: ServedFolder) => Promise<void>,
  options: {
    readonly node?: Omit<NodeOptions, "folder">;
    readonly serve?: Partial<ServeOptions>;
  } = {},
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-http-"));
  try {
    const folder = join(root, "data");
    await initNode({ folder });
    const node = await openNode({ folder, ...options.node });
    const server = await serve(node, { host: "127.0.0.1", port: 0, ...options.serve });
    const served = new ServedFolder({ folder, node, server });
    try {
      await test(served);
    } finally {
      await served.server.stop();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
