import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PrivateKey } from "../keys/private-key.ts";
import type { RunningNode } from "../node/open-node.ts";
import { GiteaWebhook } from "../ingest/gitea/gitea-webhook.ts";
import type { Settings } from "../settings/read-settings.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import { callerKey } from "./caller-key.ts";
import { readWhooshCallers } from "./read-whoosh-callers.ts";
import { readWhooshTable } from "./read-whoosh-table.ts";
import type { WhooshTable } from "./whoosh-table.ts";

/** Who calls, once the token was believed. */
export interface KnownCaller {
  readonly name: string;
  readonly key: PrivateKey;
  readonly rows: ReadonlySet<string>;
}

/** The drop-in for callers of WHOOSH, ready to be mounted. */
export interface Whoosh {
  readonly table: WhooshTable;
  /** By the hash of their token. */
  readonly callers: ReadonlyMap<string, KnownCaller>;
  /** Signs what a Gitea's webhook begins; undefined where none is trusted. */
  readonly gitea: { readonly webhook: GiteaWebhook; readonly caller: KnownCaller } | undefined;
  /** Of an accepted proposal: 202, or 200 for callers that know nothing else. */
  readonly status: 200 | 202;
  /** Values of `Host` without port, in lower case; beside the address that the server listens on. */
  readonly hosts: ReadonlySet<string>;
  /** Values of `Origin` that may call; a request without one is no browser's. */
  readonly origins: ReadonlySet<string>;
}

/** The table that comes with Swoosh. */
export const SHIPPED_WHOOSH_TABLE = fileURLToPath(
  new URL("../../../../config/whoosh.yaml", import.meta.url),
);
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const GITEA_CALLER = "gitea";

/**
 * From the settings of a server; undefined where no callers are named, and no Gitea. Registers the identities that are new. Throws `SettingProblem`
 * where a file is wrong, `NodeProblem` where an identity cannot be registered.
 */
export async function openWhoosh(
  settings: Settings,
  node: RunningNode,
): Promise<Whoosh | undefined> {
  const callersFile = settings.optionalText("whoosh-callers");
  const gitea = readGitea(settings);
  if (callersFile === undefined && gitea === undefined) return undefined;
  const tableFile = settings.optionalText("whoosh-table") ?? SHIPPED_WHOOSH_TABLE;
  const table = readWhooshTable(textOf("whoosh-table", tableFile), tableFile);
  const named =
    callersFile === undefined
      ? []
      : readWhooshCallers(textOf("whoosh-callers", callersFile), callersFile, table);
  const callers = new Map<string, KnownCaller>();
  for (const { name, rows, token } of named) {
    if (name === GITEA_CALLER)
      throw new SettingProblem(`${callersFile ?? ""}: the name ${GITEA_CALLER} is the webhook's`);
    callers.set(token, { name, rows, key: await callerKey(node, { name, rows }, table) });
  }
  return {
    table,
    callers,
    gitea: gitea === undefined ? undefined : await giteaCaller(node, table, gitea),
    status: statusOf(settings),
    hosts: new Set([...LOOPBACK, settings.text("host"), ...settings.list("whoosh-hosts")]),
    origins: new Set(settings.list("whoosh-origins")),
  };
}

async function giteaCaller(
  node: RunningNode,
  table: WhooshTable,
  webhook: GiteaWebhook,
): Promise<Whoosh["gitea"]> {
  const rows = new Set(table.rows.filter(({ isGitea }) => isGitea).map(({ name }) => name));
  const key = await callerKey(node, { name: GITEA_CALLER, rows }, table);
  return { webhook, caller: { name: GITEA_CALLER, key, rows } };
}

function readGitea(settings: Settings): GiteaWebhook | undefined {
  const address = settings.optionalText("whoosh-gitea");
  const secret = settings.secret("whoosh-gitea-secret");
  if (address === undefined && secret === undefined) return undefined;
  const base = URL.parse(address ?? "");
  if (base === null || secret === undefined || !["http:", "https:"].includes(base.protocol))
    throw new SettingProblem(
      "whoosh-gitea and whoosh-gitea-secret go together: the address of the Gitea, and the secret of its webhook",
    );
  try {
    return new GiteaWebhook({ base, secret: Buffer.from(secret.reveal()) });
  } catch (error) {
    throw new SettingProblem(
      `whoosh-gitea-secret: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function statusOf(settings: Settings): 200 | 202 {
  const status = settings.integer("whoosh-status");
  if (status === 200 || status === 202) return status;
  throw new SettingProblem(`whoosh-status is ${status}; 202, or 200 for old callers`);
}

function textOf(setting: string, file: string): string {
  if (!existsSync(file)) throw new SettingProblem(`${setting}: ${file} is not there`);
  return readFileSync(file, "utf8");
}
