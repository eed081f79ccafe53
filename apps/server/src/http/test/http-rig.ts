import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { SESSION_TYPE, sessionPayload } from "@swoosh/protocol";
import { hasher } from "../../hasher.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { dataFolder } from "../../node/data-folder.ts";
import { initNode } from "../../node/init-node.ts";
import { openNode, type NodeOptions, type RunningNode } from "../../node/open-node.ts";
import type { MemorySettings } from "../../memory/memory-thread.ts";
import type { RuleSet } from "../../providers/shhh/secret-rule.ts";
import { createScreen } from "../../screen/create-screen.ts";
import type { Screen } from "../../screen/screen.ts";
import { serve, type RunningServer } from "../serve.ts";
import type { TenantLimits } from "../tenant-limiter.ts";

export interface RigProposal {
  readonly instance: string;
  readonly transition: string;
  readonly inputs?: JsonObject;
  readonly signer?: PrivateKey;
  readonly justification?: string;
}

export interface RigOptions {
  /** With a screen that has them. */
  readonly rules?: RuleSet;
  readonly engine?: NonNullable<NodeOptions["engine"]>;
  readonly limits?: TenantLimits;
  readonly memory?: MemorySettings;
  /** Where its own folder is made, on a small disk say; the system's folder for temporary files unless given. */
  readonly place?: string;
  /** Of each segment of its journal. */
  readonly segmentBytes?: number;
}

/** Header of a request that came through a proxy: the caller counts as from afar. */
export const FROM_AFAR = { "x-forwarded-for": "203.0.113.9" };

/** A real server over a real data folder in a folder of its own, on a port of its own, with a clock that tests move. */
export class HttpRig {
  readonly clock: ManualClock;
  readonly node: RunningNode;
  readonly server: RunningServer;
  readonly operator: PrivateKey;
  readonly #screen: Screen | undefined;
  readonly #folder: string;
  #keys = 0;

  private constructor(given: {
    readonly clock: ManualClock;
    readonly node: RunningNode;
    readonly server: RunningServer;
    readonly operator: PrivateKey;
    readonly screen: Screen | undefined;
    readonly folder: string;
  }) {
    this.clock = given.clock;
    this.node = given.node;
    this.server = given.server;
    this.operator = given.operator;
    this.#folder = given.folder;
    this.#screen = given.screen;
  }

  static async open(options: RigOptions = {}): Promise<HttpRig> {
    const { engine = {}, limits, memory, place = tmpdir(), rules, segmentBytes } = options;
    const folder = mkdtempSync(join(place, "swoosh-http-"));
    const clock = new ManualClock(1_700_000_000_000);
    const data = join(folder, "data");
    const segments = segmentBytes === undefined ? {} : { segmentBytes };
    const charts = [join(import.meta.dirname, "charts")];
    await initNode({ folder: data, clock, charts, ...segments });
    const node = await openNode({ folder: data, clock, engine, ...segments });
    const screen = rules === undefined ? undefined : createScreen(data, rules);
    const server = await serve(node, {
      host: "127.0.0.1",
      port: 0,
      ...(screen === undefined ? {} : { screen }),
      ...(limits === undefined ? {} : { limits }),
      ...(memory === undefined ? {} : { memory }),
    });
    const operator = readKeyFile(dataFolder(data).operatorKey);
    return new HttpRig({ clock, node, server, screen, operator, folder });
  }

  /** Everything of the rig on the disk; the data folder is in it. */
  get folder(): string {
    return this.#folder;
  }

  get screen(): Screen {
    if (this.#screen === undefined) throw new Error("this rig was opened without rules");
    return this.#screen;
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The text of a proposal as of now. */
  wire(proposal: RigProposal): string {
    const { inputs = {}, instance, justification, signer = this.operator, transition } = proposal;
    const head = this.node.engine.state.head(instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const own = { wallMs: this.clock.now(), counter: 0 };
    this.#keys += 1;
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
      idem_key: `rig:0:${transition}:${this.#keys}`,
      inputs_hash: valueHash(hasher, inputs),
      instance,
      ...(justification === undefined ? {} : { justification }),
      origin: this.node.origin,
      signer: signer.identity,
      transition,
    };
    return canonicalize({ ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) });
  }

  propose(
    proposal: RigProposal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.send(this.wire(proposal), headers);
  }

  /** Anything to where proposals go. */
  send(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.server.url}/transition`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  }

  /** Proposes over HTTP; gives the index. */
  async mustPropose(proposal: RigProposal): Promise<number> {
    const response = await this.propose(proposal);
    const text = await response.text();
    if (response.status !== 202) throw new Error(`${response.status}: ${text}`);
    const { index }: { readonly index: number } = JSON.parse(text);
    return index;
  }

  /** Flips a switch; gives the index. */
  flip(id: string, signer?: PrivateKey): Promise<number> {
    const by = signer === undefined ? {} : { signer };
    return this.mustPropose({ instance: `switch/${id}`, transition: "Switch_Flip", ...by });
  }

  /** Registers `identity/<name>` with roles; gives its key. */
  async register(
    name: string,
    roles: readonly { readonly role: string; readonly scope: string }[],
    kind: "human" | "service" | "engine" = "human",
  ): Promise<PrivateKey> {
    const key = PrivateKey.generate();
    await this.mustPropose({
      instance: `identity/${name}`,
      transition: "Identity_Register",
      inputs: { key: key.identity, kind, roles: roles.map((role) => ({ ...role })) },
    });
    return key;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.server.url}${path}`, { headers });
  }

  async json(path: string, headers: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const response = await this.get(path, headers);
    const body: JsonObject = JSON.parse(await response.text());
    return body;
  }

  async challenge(key: PrivateKey): Promise<string> {
    const body = await this.json(`/session?signer=${key.identity}`, FROM_AFAR);
    return String(body["challenge"]);
  }

  /** Answers a challenge; `over` replaces what is signed. */
  answer(
    key: PrivateKey,
    challenge: string,
    over: Partial<Parameters<typeof sessionPayload>[0]> = {},
  ): Promise<Response> {
    const payload = sessionPayload({
      challenge,
      origin: this.node.origin,
      signer: key.identity,
      ...over,
    });
    return this.post("/session", {
      challenge,
      signature: key.sign(SESSION_TYPE, payload),
      signer: key.identity,
    });
  }

  post(path: string, body: JsonObject): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...FROM_AFAR },
      body: canonicalize(body),
    });
  }

  /** Headers of somebody from afar who has opened a session. */
  async session(key: PrivateKey): Promise<Readonly<Record<string, string>>> {
    const response = await this.answer(key, await this.challenge(key));
    const body: { readonly token: string } = JSON.parse(await response.text());
    return { ...FROM_AFAR, authorization: `Bearer ${body.token}` };
  }
}
