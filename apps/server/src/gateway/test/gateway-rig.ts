import type { JsonObject } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import type { OfferedAgent, WelcomeFrame } from "@swoosh/protocol";
import {
  connectRunner,
  createWebPorts,
  createWebSocketOpener,
  type RunnerHandler,
  type RunnerLink,
} from "@swoosh/sdk";
import { HttpRig } from "../../http/test/http-rig.ts";
import type { PrivateKey } from "../../keys/private-key.ts";
import { proposeAs, type ProposeHere } from "../../projects/propose-as.ts";
import { serviceKeys } from "../../projects/service-identities.ts";
import { Gateway, RUNNER_PATH } from "../gateway.ts";
import { RawRunner } from "./raw-runner.ts";

/** A real server with a gateway, and real runners; the clock of either side is moved by the test. */
export class GatewayRig {
  readonly http: HttpRig;
  readonly propose: ProposeHere;
  readonly defects: unknown[] = [];
  gateway: Gateway;
  /** Awaited before each of the gateway's own proposals. */
  before: (instance: string, transition: string) => Promise<void> = async () => {};
  readonly #links: RunnerLink[] = [];
  readonly #raws: RawRunner[] = [];
  #looks: (() => void)[] = [];

  private constructor(http: HttpRig, propose: ProposeHere) {
    this.http = http;
    this.propose = propose;
    this.gateway = this.#start();
    http.node.onRecord(() => this.look());
  }

  static async open(): Promise<GatewayRig> {
    const http = await HttpRig.open();
    const keys = await serviceKeys(http.node);
    return new GatewayRig(http, proposeAs(http.node, keys.fleet));
  }

  /** As if the server had been started again: nothing but the log is left of what the gateway knew. */
  restart(): void {
    this.gateway.stop();
    this.gateway = this.#start();
  }

  /** Ends what a test left connected. */
  async calm(): Promise<void> {
    this.before = async () => {};
    for (const link of this.#links.splice(0)) link.stop();
    for (const raw of this.#raws.splice(0)) raw.close();
    await this.until(() => this.gateway.agents().every(({ isConnected }) => !isConnected));
  }

  async close(): Promise<void> {
    this.gateway.stop();
    await this.http.close();
  }

  get url(): string {
    return `${this.http.server.url.replace(/^http/, "ws")}${RUNNER_PATH}`;
  }

  /** Registers a runner that is its own agent; gives its key. */
  register(name: string): Promise<PrivateKey> {
    return this.http.register(name, [{ role: "agent", scope: "project/*" }], "service");
  }

  /** The client of the SDK, at work. */
  connect(name: string, key: PrivateKey, leases: OfferedAgent["leases"] = []): LiveRunner {
    const runner = new LiveRunner(name, leases, () => this.look());
    const { clock } = runner;
    runner.link = connectRunner({
      url: this.url,
      runner: name,
      signer: { key: key.identity, sign: async (bytes) => key.signBytes(bytes) },
      ports: createWebPorts(globalThis, {
        clock: {
          now: () => clock.now(),
          wakeIn: (ms, wake) => clock.wakeAt(clock.now() + ms, wake),
        },
      }),
      open: createWebSocketOpener(globalThis),
      handler: runner,
    });
    this.#links.push(runner.link);
    return runner;
  }

  /** A peer that says whatever the test wants. */
  raw(name: string, key: PrivateKey): RawRunner {
    const raw = new RawRunner({ url: this.url, name, key, origin: this.http.node.origin });
    this.#raws.push(raw);
    return raw;
  }

  /** Lends a connected agent to a new session. */
  async lend(agent: string, key: PrivateKey, session: string, fence: number): Promise<void> {
    const { propose } = this;
    const request = { holder: "p", kind: "task", pool: "main", task: "one" };
    await propose(`session/${session}`, "Session_Request", request);
    const inputs = { agent, fence, key: key.identity };
    const answer = await propose(`session/${session}`, "Session_Allocate", inputs);
    if (!answer.ok) throw new Error(answer.reasons.join("; "));
  }

  /** Until the gateway has asked for something that `before` holds up. */
  held(): Promise<() => void> {
    return new Promise((resolve) => {
      this.before = () => {
        this.before = async () => {};
        return new Promise((letGo) => resolve(letGo));
      };
    });
  }

  /** Of `Connection` in the agent's document. */
  connection(agent: string): string | undefined {
    const leaves = this.http.node.engine.head(`agent/${agent}`)?.document.configuration ?? [];
    return leaves.find((leaf) => leaf.startsWith("Connection."))?.slice("Connection.".length);
  }

  context(agent: string): JsonObject {
    return this.http.node.engine.head(`agent/${agent}`)?.document.context ?? {};
  }

  /** Resolves when it is so; looks after each record, each change of connections and each word of a runner. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#looks = this.#looks.filter((one) => one !== look);
        resolve();
      };
      this.#looks.push(look);
      look();
    });
  }

  look(): void {
    for (const look of this.#looks) look();
  }

  #start(): Gateway {
    const { clock, node, server } = this.http;
    const gateway = new Gateway({
      node,
      propose: async (instance, transition, inputs, more) => {
        await this.before(instance, transition);
        return this.propose(instance, transition, inputs, more);
      },
      wakeIn: (ms, wake) => clock.wakeAt(clock.now() + ms, wake),
      onDefect: (error) => this.defects.push(error),
    });
    gateway.attach(server.http);
    gateway.onChange(() => this.look());
    return gateway;
  }
}

/** What a runner of the SDK was told. */
export class LiveRunner implements RunnerHandler {
  readonly clock = new ManualClock();
  readonly welcomes: WelcomeFrame[] = [];
  readonly losses: { readonly reason: string; readonly retryMs: number }[] = [];
  readonly refusals: string[] = [];
  readonly asked: string[] = [];
  link: RunnerLink | null = null;
  leases: OfferedAgent["leases"];
  call: RunnerHandler["call"] = async ({ op }) => {
    this.asked.push(op);
    this.#tell();
    return { op };
  };
  readonly #name: string;
  readonly #tell: () => void;

  constructor(name: string, leases: OfferedAgent["leases"], tell: () => void) {
    this.#name = name;
    this.leases = leases;
    this.#tell = tell;
  }

  agents(): readonly OfferedAgent[] {
    return [{ capabilities: ["any"], id: this.#name, leases: this.leases, pool: "main" }];
  }

  welcome(welcome: WelcomeFrame): void {
    this.welcomes.push(welcome);
    this.#tell();
  }

  lease: RunnerHandler["lease"] = async () => ({});

  release: RunnerHandler["release"] = async () => ({});

  lost(reason: string, retryMs: number): void {
    this.losses.push({ reason, retryMs });
    this.#tell();
  }

  rejected(code: string, message: string): void {
    this.refusals.push(`${code}: ${message}`);
    this.#tell();
  }

  /** The wait of its last loss goes by. */
  comeBack(): void {
    this.clock.advance(this.losses.at(-1)?.retryMs ?? 0);
  }
}
