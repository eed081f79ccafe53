import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "../node/data-folder.ts";
import type { RunningNode } from "../node/open-node.ts";
import { BackbeatProvider } from "../providers/beat/backbeat.ts";
import { NatsBeatFeed } from "../providers/beat/nats-beat-feed.ts";
import type { Egress } from "../providers/egress/egress.ts";
import { HttpLicenceServer } from "../providers/license/http-licence-server.ts";
import { KachingProvider } from "../providers/license/kaching.ts";
import { HttpPolicyEngine } from "../providers/shhh/http-policy-engine.ts";
import type { PolicyEngine } from "../providers/shhh/policy-engine.ts";
import { saltedHash, saltOf } from "../providers/shhh/salted-hash.ts";
import type { Propose } from "../providers/propose.ts";
import type { Notify, Provider } from "../providers/provider.ts";
import { McpProbe } from "../providers/tool/mcp-probe.ts";
import { ToolHealth } from "../providers/tool/tool-health.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { WorldSettings } from "./world-settings.ts";

export interface ChooseOptions {
  readonly node: RunningNode;
  readonly egress: Egress;
  readonly notify: Notify;
  readonly world: WorldSettings;
  readonly propose: Readonly<Record<"kaching" | "backbeat" | "mcp", Propose>>;
}

/** KACHING, where a licence server is named. Throws `SettingProblem` where its key cannot be read. */
export function kachingProvider(options: ChooseOptions): Provider | undefined {
  const { egress, node, notify, propose, world } = options;
  if (world.kaching === undefined) return undefined;
  const { graceMs, keyPath, licence, url } = world.kaching;
  const cluster = node.origin.replaceAll(/[^A-Za-z0-9_.:-]/g, "_").slice(0, 64);
  return new KachingProvider({
    clock: node.clock,
    propose: propose.kaching,
    keep: async (bytes) => node.blobs.save(bytes),
    notify,
    server: new HttpLicenceServer({ admit: egress.admit, url, licence, cluster }),
    key: publicKeyIn(keyPath),
    licence,
    cluster,
    graceMs,
    cachePath: join(node.folder, "kaching.token"),
    random: Math.random,
  });
}

/** What may be reached before there is a licence, because it gives one. */
export function licenceServers({ kaching }: WorldSettings): readonly URL[] {
  return kaching === undefined ? [] : [new URL(kaching.url)];
}

/** SHHH beside the built-in scanner, where a policy engine is named. */
export function policyEngine({
  egress,
  node,
  world,
}: Pick<ChooseOptions, "egress" | "node" | "world">): PolicyEngine | undefined {
  if (world.policy === undefined) return undefined;
  const hash = saltedHash(saltOf(join(dataFolder(node.folder).keys, "shhh.salt")));
  return new HttpPolicyEngine({ admit: egress.admit, url: world.policy, hash });
}

/** BACKBEAT, where a NATS is named. */
export function backbeatProvider(
  options: ChooseOptions,
  tempo: { readonly beatsPerBar: number; readonly beatsPerMinute: number },
): Provider | undefined {
  const { egress, node, notify, propose, world } = options;
  if (world.backbeat === undefined) return undefined;
  const { cluster, subject, url } = world.backbeat;
  return new BackbeatProvider({
    clock: node.clock,
    propose: propose.backbeat,
    read: (instance) => node.engine.state.head(instance)?.document.context,
    keep: async (bytes) => node.blobs.save(bytes),
    notify,
    feed: new NatsBeatFeed({ admit: egress.admit, url, subject }),
    cluster,
    beatsPerBar: tempo.beatsPerBar,
    tempoBpm: Math.max(1, tempo.beatsPerMinute),
  });
}

export function toolProvider({ egress, node, notify, propose, world }: ChooseOptions): ToolHealth {
  const { admit, admitProgram } = egress;
  const probe = { admit, admitProgram, mayStart: world.toolsMayStart, folder: node.folder };
  return new ToolHealth({
    clock: node.clock,
    notify,
    propose: propose.mcp,
    everyMs: world.toolsEveryMs,
    makeProbe: (tool) => new McpProbe(tool, probe),
  });
}

function publicKeyIn(path: string): KeyObject {
  try {
    const key = createPublicKey(readFileSync(path, "utf8"));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw new SettingProblem(`licence-key: ${path} cannot be read as a public key in PEM`, {
      cause: error,
    });
  }
  throw new SettingProblem(`licence-key: ${path} holds no Ed25519 key`);
}
