import { encodeVerifierKey, isValueHash, NOTE_ED25519, publicKeyOf } from "@swoosh/kernel/values";
import type { UnsoundLog, VerifiedLog } from "@swoosh/server/verify";
import type { Client } from "@swoosh/sdk";

/**
 * Replays the log of a running server, then holds its signed checkpoint against what was replayed: signed by the node that
 * the log itself names, and a continuation of this very tree.
 */
export async function verifyServer(
  url: string,
  options: { readonly signatures: boolean; readonly onProgress: (records: number) => void },
): Promise<VerifiedLog | UnsoundLog> {
  const { createServerKernel, recordSignatureHolds, verifyLog } =
    await import("@swoosh/server/verify");
  const { hasher } = await import("@swoosh/server/keys");
  const { createClient, createWebPorts } = await import("@swoosh/sdk");
  const ports = createWebPorts(globalThis, { hasher });
  const client = createClient({ url, ports });
  const report = await verifyLog(textsOf(client), {
    kernel: createServerKernel(),
    chart: async (hash) => {
      const bytes = isValueHash(hash) ? await client.getEvidence(hash) : undefined;
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    onProgress: options.onProgress,
    ...(options.signatures ? { signatureHolds: recordSignatureHolds } : {}),
  });
  const key = report.ok ? publicKeyOf(report.node) : undefined;
  if (!report.ok || key === undefined) return report;
  const { origin, root, size } = report;
  const verifierKeys = [encodeVerifierKey(hasher, { key, name: origin, type: NOTE_ED25519 })];
  const trusted = { extensions: [], origin, root, size };
  try {
    await createClient({ url, ports, origin, pins: { verifierKeys }, trusted }).checkpoint();
    return report;
  } catch (error) {
    const isNo = error instanceof Error && "code" in error && error.code === "unverified";
    if (!isNo) throw error;
    return { ok: false, index: size, problem: error.message };
  }
}

async function* textsOf(client: Client): AsyncGenerator<string> {
  for await (const { text } of client.journal()) yield text;
}
