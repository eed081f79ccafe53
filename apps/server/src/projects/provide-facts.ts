import { existsSync } from "node:fs";
import { join } from "node:path";
import { createIngester, type Ingester } from "../ingest/create-ingester.ts";
import { nodeDisk } from "../journal/node-disk.ts";
import { storeFile } from "../journal/whole-file.ts";
import { readKeyFile } from "../keys/key-file.ts";
import { dataFolder } from "../node/data-folder.ts";
import type { RunningNode } from "../node/open-node.ts";
import { Pulse } from "../providers/beat/pulse.ts";
import { Egress } from "../providers/egress/egress.ts";
import { licenceText } from "../providers/license/licence-file.ts";
import { LocalLicenceProvider } from "../providers/license/local-licence.ts";
import type { Propose } from "../providers/propose.ts";
import type { Provider } from "../providers/provider.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import type { Screen } from "../screen/screen.ts";
import type { ToolHealth } from "../providers/tool/tool-health.ts";
import type { Log } from "../up/log.ts";
import {
  backbeatProvider,
  kachingProvider,
  policyEngine,
  licenceServers,
  toolProvider,
} from "./choose-providers.ts";
import { GRACE_MS_LOCAL, LICENCE_MS_LOCAL } from "./limits.ts";
import { proposeAs, type ProposeHere } from "./propose-as.ts";
import type { ServiceKeys } from "./service-identities.ts";
import type { WorldSettings } from "./world-settings.ts";

export interface FactOptions {
  readonly node: RunningNode;
  readonly keys: ServiceKeys;
  readonly log: Log;
  readonly screen: Screen;
  /** Of the built-in pulse; 0: somebody else beats. */
  readonly beatsPerMinute: number;
  readonly beatsPerBar: number;
  readonly world: WorldSettings;
}

export interface Facts {
  readonly egress: Egress;
  readonly ingester: Ingester;
  readonly scanner: PolicyScanner;
  readonly tools: ToolHealth;
  stop(): Promise<void>;
}

/**
 * The providers that the settings name, and for the rest their embedded form: a licence file that the operator signed, a pulse, the
 * scanner with the shipped rules.
 */
export async function provideFacts(options: FactOptions): Promise<Facts> {
  const { keys, log, node, screen, world } = options;
  const { clock } = node;
  const notify = log;
  const egress = new Egress({
    clock,
    allowed: world.allowed,
    licenceServers: licenceServers(world),
    notify,
  });
  const propose = {
    kaching: asPropose(proposeAs(node, keys.kaching)),
    backbeat: asPropose(proposeAs(node, keys.backbeat)),
    mcp: asPropose(proposeAs(node, keys.mcp)),
  };
  const choose = { node, egress, notify, world, propose };
  const licence = kachingProvider(choose) ?? (await localLicence(node, propose.kaching, notify));
  const tempo = backbeatProvider(choose, options) ?? new PulseKeeper(options);
  const tools = toolProvider(choose);
  const { scanner } = screen;
  const engine = policyEngine(choose);
  screen.askToo(engine);
  const ingester = createIngester({
    ...(engine === undefined ? {} : { engine }),
    admit: egress.admit,
    blobs: node.blobs,
    scanner,
    indexFolder: join(node.folder, "index"),
  });
  const follow = (): void => egress.setLicence(stopAtOf(node));
  const stopFollowing = node.onRecord(({ text }) => {
    if (text.includes('"license/main"')) follow();
  });
  follow();
  for (const provider of [licence, tempo, tools]) await provider.start();
  return {
    egress,
    ingester,
    scanner,
    tools,
    async stop() {
      screen.askToo(undefined);
      stopFollowing();
      for (const provider of [tools, tempo, licence]) await provider.stop();
      egress.close();
    },
  };
}

/** What the providers propose with, over ours. */
export function asPropose(propose: ProposeHere): Propose {
  return async (instance, transition, inputs, evidence = []) => {
    const answer = await propose(instance, transition, inputs, { evidence });
    if (answer.ok) return { kind: "accepted" };
    return { kind: "refused", code: answer.code, reasons: answer.reasons };
  };
}

async function localLicence(node: RunningNode, propose: Propose, notify: Log): Promise<Provider> {
  const path = join(node.folder, "licence.json");
  await grantLocally(node, path);
  return new LocalLicenceProvider({
    clock: node.clock,
    propose,
    keep: async (bytes) => node.blobs.save(bytes),
    notify,
    path,
    isOperator: (key) => isOperator(node, key),
  });
}

/** An installation of one's own grants itself a licence, while its operator's key is there; a file that is there stays. */
async function grantLocally(node: RunningNode, path: string): Promise<void> {
  const { operatorKey } = dataFolder(node.folder);
  if (existsSync(path) || !existsSync(operatorKey)) return;
  const issuedAt = node.clock.now();
  const licence = {
    subject: "local",
    issuedAt,
    validUntil: issuedAt + LICENCE_MS_LOCAL,
    graceMs: GRACE_MS_LOCAL,
  };
  storeFile(nodeDisk, path, Buffer.from(licenceText(licence, readKeyFile(operatorKey))));
}

function isOperator({ engine }: RunningNode, key: string): boolean {
  const name = engine.state.registry.identityOf(key);
  if (name === undefined) return false;
  const roles: unknown = engine.state.head(`identity/${name}`)?.document.context["roles"];
  return Array.isArray(roles) && roles.some((one) => Object(one)["role"] === "operator");
}

function stopAtOf({ engine }: RunningNode): number {
  const stopAt = engine.state.head("license/main")?.document.context["stop_at"];
  return typeof stopAt === "number" ? stopAt : 0;
}

/** The pulse beats while a project goes on, so that the log of an idle server stays quiet. */
class PulseKeeper implements Provider {
  readonly name = "pulse";
  readonly #node: RunningNode;
  readonly #pulse: Provider | undefined;
  #stopHearing: () => void = () => {};
  #turn: Promise<void> = Promise.resolve();
  #isBeating = false;
  #isStopped = false;

  constructor({ beatsPerBar, beatsPerMinute, keys, log, node }: FactOptions) {
    this.#node = node;
    this.#pulse =
      beatsPerMinute === 0
        ? undefined
        : new Pulse({
            clock: node.clock,
            propose: asPropose(proposeAs(node, keys.backbeat)),
            read: (instance) => node.engine.state.head(instance)?.document.context,
            score: { cluster: "embedded", beatsPerBar },
            tempoBpm: beatsPerMinute,
            notify: log,
          });
  }

  async start(): Promise<void> {
    this.#stopHearing = this.#node.onRecord(({ text }) => {
      if (text.includes('"project/')) this.#look();
    });
    this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopHearing();
    await this.#turn;
    await this.#pulse?.stop();
  }

  #look(): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#isStopped) return;
      const isWanted = isAnyProjectGoing(this.#node);
      if (isWanted === this.#isBeating) return;
      this.#isBeating = isWanted;
      await (isWanted ? this.#pulse?.start() : this.#pulse?.stop());
    });
  }
}

function isAnyProjectGoing({ engine }: RunningNode): boolean {
  for (const instance of engine.instances()) {
    if (!instance.startsWith("project/")) continue;
    if (engine.state.head(instance)?.document.meta.ended === false) return true;
  }
  return false;
}
