import type { Client, EvidenceOptions } from "@swoosh/sdk";

/** What became of bytes: what is kept of them, or what the policy found in them. */
export type Kept = Awaited<ReturnType<Client["putEvidence"]>> | { readonly secret: string };

/** Stores evidence; where the policy refuses it, gives what it says. Everything else that goes wrong is thrown. */
export async function keepUnlessSecret(
  client: Client,
  bytes: Uint8Array,
  options: EvidenceOptions,
): Promise<Kept> {
  try {
    return await client.putEvidence(bytes, options);
  } catch (error) {
    const { code, detail }: { code?: unknown; detail?: unknown } = Object(Object(error)["cause"]);
    if (code !== "secret_found") throw error;
    return { secret: String(detail) };
  }
}
