import { checkpointText, formatNote, keyIdOf, NOTE_ED25519 } from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import type { RunningNode } from "../node/open-node.ts";

/** The head of the log as of now, signed by the node (C2SP tlog-checkpoint): of what is durable, never of more. */
export function signedCheckpoint({
  engine,
  key,
  origin,
}: {
  readonly engine: Pick<RunningNode["engine"], "checkpoint">;
  readonly key: Pick<PrivateKey, "publicKey" | "signBytes">;
  readonly origin: string;
}): string {
  const { root, size } = engine.checkpoint();
  const text = checkpointText({ origin, size, root, extensions: [] });
  const keyId = keyIdOf(hasher, { type: NOTE_ED25519, key: key.publicKey, name: origin });
  const bytes = key.signBytes(hasher.utf8(text));
  return formatNote({ text, signatures: [{ name: origin, keyId, bytes }] });
}
