import type { Client } from "@swoosh/sdk";
import { RecordTeller, type ToldRecord } from "./tell-record.ts";

/** How a project's run ended for whoever started it. */
export type ProjectEnd =
  | { readonly kind: "completed" }
  /** It ended otherwise. */
  | { readonly kind: "ended"; readonly why: string }
  /** A person owes something; the project goes on afterwards. */
  | { readonly kind: "waits"; readonly why: string };

export interface FollowOptions {
  readonly client: Client;
  readonly instance: string;
  /** Record at which the project stood when this began: what it waited for earlier is past. */
  readonly since: number;
  readonly signal: AbortSignal;
  tell(record: ToldRecord): void;
}

/** Follows a project's records from the first of the log on (identities' names come before), until it ends, or waits for a person. Rejects where the client does. */
export async function followProject(options: FollowOptions): Promise<ProjectEnd> {
  const { client, instance, signal, since, tell } = options;
  const names = new Map<string, string>();
  const teller = new RecordTeller(instance, (key) => names.get(key));
  for await (const { text } of client.tail({ from: 0, signal })) {
    noteIdentity(names, text);
    const told = teller.tell(text);
    if (told === undefined) continue;
    tell(told);
    if (told.index < since) continue;
    const end = endOf(told, teller.configuration);
    if (end !== undefined) return end;
  }
  return { kind: "ended", why: "the log ended" };
}

function endOf(
  { about, transition }: ToldRecord,
  configuration: readonly string[],
): ProjectEnd | undefined {
  if (configuration.includes("Lifecycle.TERMINATED"))
    return transition === "Execution_Complete"
      ? { kind: "completed" }
      : { kind: "ended", why: `${transition}${about === "" ? "" : ` (${about})`}` };
  if (configuration.includes("Policy.QUARANTINED"))
    return {
      kind: "waits",
      why: `it is quarantined (${about}); a person releases it with Policy_Release and a reason, or confirms with Policy_ConfirmBlock`,
    };
  if (configuration.includes("Run.PAUSED"))
    return { kind: "waits", why: "it is paused; a person resumes it with Run_Resume" };
  if (transition === "Ingestion_Rejected")
    return {
      kind: "waits",
      why: `its source cannot be ingested (${about}); change it and propose Ingestion_NewVersion`,
    };
  if (transition === "Execution_Rework")
    return {
      kind: "waits",
      why: "its council turned the outcome down; change the source and propose Ingestion_NewVersion",
    };
  if (transition === "Boot_LicenseDenied")
    return { kind: "waits", why: `the licence is denied (${about})` };
  return undefined;
}

/** Signers are keys; their names come with the records that register them. */
function noteIdentity(names: Map<string, string>, text: string): void {
  const isGenesis = text.includes('"@genesis"');
  if (!isGenesis && !text.includes("identity/")) return;
  const { inputs, proposal } = JSON.parse(text) as {
    readonly inputs?: { readonly key?: unknown; readonly operator?: unknown };
    readonly proposal: { readonly instance: string };
  };
  if (isGenesis && typeof inputs?.operator === "string") names.set(inputs.operator, "operator");
  if (!proposal.instance.startsWith("identity/") || typeof inputs?.key !== "string") return;
  names.set(inputs.key, proposal.instance.slice("identity/".length));
}
