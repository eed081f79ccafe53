import { encodeVerifierKey, isValueHash, NOTE_ED25519, publicKeyOf } from "@swoosh/kernel/values";
import type { UnsoundLog, VerifiedLog } from "@swoosh/server/verify";
import type { Client } from "@swoosh/sdk";

/**
 * Replays the log of a running server, then holds its signed checkpoint against what was replayed: signed by the node that
 * the log itself names, and a continuation of this very tree. What the client itself finds to be no answer of a sound
 * server (a record that does not follow, other bytes under a hash) is the log's fault too, at the record that it came to.
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
  /** Records that were taken whole. */
  let index = 0;
  try {
    const report = await verifyLog(
      textsOf(client, (taken) => {
        index = taken;
      }),
      {
        kernel: createServerKernel(),
        chart: async (hash) => {
          const bytes = isValueHash(hash) ? await client.getEvidence(hash) : undefined;
          return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
        },
        onProgress: options.onProgress,
        ...(options.signatures ? { signatureHolds: recordSignatureHolds } : {}),
      },
    );
    const key = report.ok ? publicKeyOf(report.node) : undefined;
    if (!report.ok || key === undefined) return report;
    const { origin, root, size } = report;
    const verifierKeys = [encodeVerifierKey(hasher, { key, name: origin, type: NOTE_ED25519 })];
    const trusted = { extensions: [], origin, root, size };
    await createClient({ url, ports, origin, pins: { verifierKeys }, trusted }).checkpoint();
    return report;
  } catch (error) {
    const isNo = error instanceof Error && "code" in error && error.code === "unverified";
    if (!isNo) throw error;
    return { ok: false, index, problem: error.message };
  }
}

/** `onTaken` hears how many were asked for the next of: those were decided again, and held. */
async function* textsOf(client: Client, onTaken: (count: number) => void): AsyncGenerator<string> {
  let count = 0;
  for await (const { text } of client.journal()) {
    yield text;
    count += 1;
    onTaken(count);
  }
}
