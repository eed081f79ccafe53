import { canonicalize } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import { WorldError } from "../world-error.ts";

/** Identities that a project's chart wants to know of. */
const IDENTITIES = ["driver", "ingest", "shhh"];

/** The name itself, or the first with a number behind it that has not ended. */
export async function nextInstance(client: Client, wanted: string): Promise<string> {
  for (let turn = 1; ; turn += 1) {
    const instance = turn === 1 ? wanted : `${wanted}-${turn}`;
    const state = await client.state(instance);
    if (state === undefined || !state.configuration.includes("Lifecycle.TERMINATED"))
      return instance;
  }
}

/** Begins a project, or goes on with one that is there; gives the record at which it stands. */
export async function beginProject(
  client: Client,
  { instance, source }: { readonly instance: string; readonly source: string },
): Promise<number> {
  const known = await client.state(instance);
  if (known !== undefined) return known.index;
  const config = canonicalize({ project_file: "swoosh.yaml", source });
  const { hash } = await client.putEvidence(Buffer.from(config), {
    for: instance,
    name: "configuration",
  });
  const begun = await client.propose(instance, "Boot_ConfigOk", {
    config_hash: hash,
    identities: [...IDENTITIES],
  });
  if (begun.kind === "refused")
    throw new WorldError(
      `${instance} cannot be begun: ${begun.problem.reasons?.join("; ") ?? begun.problem.detail}`,
    );
  return begun.answer.index;
}
