import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@swoosh/kernel";
import { readKeyFile, writeKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "../node/data-folder.ts";
import { NodeProblem } from "../node/node-problem.ts";
import { refusalError } from "../node/refusal-error.ts";
import type { RunningNode } from "../node/open-node.ts";
import { proposeAs, type ProposeHere } from "./propose-as.ts";

/** What each service of the server may do: the least that it needs. `project.yaml` names `driver` and `ingest`. */
const SERVICES = {
  driver: [
    ["controller", "project/*"],
    ["controller", "session/*"],
  ],
  fleet: [
    ["controller", "agent/*"],
    ["controller", "session/*"],
    ["provider", "capacity/*"],
    ["agent", "project/*"],
  ],
  ingest: [["ingest", "project/*"]],
  kaching: [["provider", "license/*"]],
  backbeat: [["provider", "beat/*"]],
  shhh: [
    ["provider", "policy/*"],
    ["provider", "project/*"],
  ],
  mcp: [["provider", "tool/*"]],
} as const satisfies Record<string, readonly (readonly [role: string, scope: string])[]>;

export type ServiceName = keyof typeof SERVICES;
export type ServiceKeys = Readonly<Record<ServiceName, PrivateKey>>;

const NAMES = Object.keys(SERVICES) as ServiceName[];

/**
 * Keys of the server's services, in `keys/services`; those that the log does not know yet are made and registered by the
 * operator. Throws `NodeProblem` where one is missing and no operator key is there to register it.
 */
export async function serviceKeys(node: RunningNode): Promise<ServiceKeys> {
  const folder = join(dataFolder(node.folder).keys, "services");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys: Partial<Record<ServiceName, PrivateKey>> = {};
  for (const name of NAMES) keys[name] = await keyOf(node, folder, name);
  return keys as ServiceKeys;
}

async function keyOf(node: RunningNode, folder: string, name: ServiceName): Promise<PrivateKey> {
  const path = join(folder, `${name}.pem`);
  if (!existsSync(path)) writeKeyFile(path, PrivateKey.generate());
  const key = readKeyFile(path);
  await registerIdentity(node, {
    name,
    key: key.identity,
    kind: "service",
    roles: SERVICES[name].map(([role, scope]) => ({ role, scope })),
  });
  return key;
}

export interface NewIdentity {
  readonly name: string;
  readonly key: string;
  readonly kind: "human" | "service";
  readonly roles: readonly { readonly role: string; readonly scope: string }[];
}

/** Registers an identity under the folder's operator key; one that is there with this key is left alone. */
export async function registerIdentity(node: RunningNode, identity: NewIdentity): Promise<void> {
  const instance = `identity/${identity.name}`;
  const known = node.engine.state.head(instance)?.document.context["key"];
  if (known === identity.key) return;
  if (known !== undefined)
    throw new NodeProblem(
      `${instance} has another key than the one in ${node.folder}; rotate it, or remove the key file and revoke the identity`,
    );
  const inputs: JsonObject = {
    key: identity.key,
    kind: identity.kind,
    roles: identity.roles.map((one) => ({ ...one })),
  };
  const answer = await asOperator(node)(instance, "Identity_Register", inputs);
  if (!answer.ok)
    throw refusalError(
      answer.code,
      `${instance} cannot be registered: ${answer.reasons.join("; ")}`,
    );
}

/** Proposes under the operator key of the folder. Throws `NodeProblem` where it is not there. */
export function asOperator(node: RunningNode): ProposeHere {
  const path = dataFolder(node.folder).operatorKey;
  if (!existsSync(path))
    throw new NodeProblem(
      `${path} is missing, and a service must be registered; put the operator's key there for one start`,
    );
  return proposeAs(node, readKeyFile(path));
}
