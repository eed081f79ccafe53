import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@swoosh/kernel";
import { readKeyFile, writeKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "../node/data-folder.ts";
import { refusalError } from "../node/refusal-error.ts";
import type { RunningNode } from "../node/open-node.ts";
import { asOperator, registerIdentity } from "../projects/service-identities.ts";
import type { WhooshTable } from "./whoosh-table.ts";

interface Role {
  readonly role: string;
  readonly scope: string;
}

/**
 * The key under which a caller's proposals are signed, `keys/whoosh/<name>.pem`; made and registered as
 * `identity/whoosh-<name>` where it is new. Its roles are those of its rows, and no others: what the table or the callers'
 * file no longer gives is taken back. Throws `NodeProblem` where that needs the operator's key and it is not there.
 */
export async function callerKey(
  node: RunningNode,
  caller: { readonly name: string; readonly rows: ReadonlySet<string> },
  table: WhooshTable,
): Promise<PrivateKey> {
  const folder = join(dataFolder(node.folder).keys, "whoosh");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${caller.name}.pem`);
  if (!existsSync(path)) writeKeyFile(path, PrivateKey.generate());
  const key = readKeyFile(path);
  const name = `whoosh-${caller.name}`;
  const wanted = rolesOf(table, caller.rows);
  await registerIdentity(node, { name, key: key.identity, kind: "service", roles: wanted });
  await adjust(node, `identity/${name}`, wanted);
  return key;
}

function rolesOf(table: WhooshTable, rows: ReadonlySet<string>): readonly Role[] {
  const roles = new Map<string, Role>();
  for (const { does, name } of table.rows) {
    if (!rows.has(name) || does.kind !== "propose") continue;
    const { role, scope } = does.rule;
    roles.set(`${role} ${scope}`, { role, scope });
  }
  return [...roles.values()];
}

async function adjust(node: RunningNode, instance: string, wanted: readonly Role[]): Promise<void> {
  const held = heldRoles(node.engine.state.head(instance)?.document.context["roles"]);
  const lacks = wanted.filter((one) => !held.some((other) => isSame(one, other)));
  const exceeds = held.filter((one) => !wanted.some((other) => isSame(one, other)));
  if (lacks.length + exceeds.length === 0) return;
  const propose = asOperator(node);
  for (const [transition, roles] of [
    ["Identity_Grant", lacks],
    ["Identity_Ungrant", exceeds],
  ] as const)
    for (const { role, scope } of roles) {
      const answer = await propose(instance, transition, { role, scope });
      if (!answer.ok)
        throw refusalError(
          answer.code,
          `${instance}: ${transition} of ${role} for ${scope} was refused: ${answer.reasons.join("; ")}`,
        );
    }
}

function isSame(one: Role, other: Role): boolean {
  return one.role === other.role && one.scope === other.scope;
}

function heldRoles(roles: Json | undefined): readonly Role[] {
  if (!Array.isArray(roles)) return [];
  return roles.map((one: Json) => {
    const pairs = typeof one === "object" && one !== null ? Object.entries(one) : [];
    const held = (name: string): string => String(pairs.find(([key]) => key === name)?.[1] ?? "");
    return { role: held("role"), scope: held("scope") };
  });
}
