import { canonicalize, type Json } from "@swoosh/kernel";
import { describeCryptoContract } from "@swoosh/kernel/contracts";
import { hash } from "node:crypto";
import { PrivateKey } from "../keys/private-key.ts";
import { ThreadedCrypto } from "./threaded-crypto.ts";

const clients = Array.from({ length: 20 }, () => PrivateKey.generate());
const stored = `sha256-${hash("sha256", "stored", "hex")}` as const;

describeCryptoContract("threaded crypto", async () => {
  const node = PrivateKey.generate();
  const crypto = new ThreadedCrypto(node, async (evidence) => evidence === stored);
  const attest = (key: PrivateKey, type: string, payload: Json) => ({
    kind: "signature" as const,
    key: key.identity,
    type,
    payload,
    payload_hash: `sha256-${hash("sha256", canonicalize(payload), "hex")}`,
    signature: key.sign(type, payload),
  });
  return {
    crypto,
    attest: (client, type, payload) => attest(clients[client % 20] ?? node, type, payload),
    attestNode: (type, payload) => attest(node, type, payload),
    storedEvidence: stored,
    close: () => crypto.close(),
  };
});
