import { ABSENT_HASH, formatHlc, PROPOSAL_TYPE, valueHash, type Engine } from "@swoosh/kernel";
import { hasher } from "../../hasher.ts";
import type { PrivateKey } from "../../keys/private-key.ts";
import { systemClock } from "../system-clock.ts";

/** Registers the client of a bench, who may move all of its counters. */
export async function registerClient(
  engine: Engine,
  { client, operator }: { readonly client: PrivateKey; readonly operator: PrivateKey },
): Promise<void> {
  const inputs = {
    key: client.identity,
    kind: "service",
    roles: [{ role: "client", scope: "counter/*" }],
  };
  const body = {
    current_state_hash: ABSENT_HASH,
    hlc: formatHlc({ wallMs: systemClock.now(), counter: 0 }),
    idem_key: "bench:0:register:1",
    inputs_hash: valueHash(hasher, inputs),
    instance: "identity/bench",
    origin: engine.state.origin,
    signer: operator.identity,
    transition: "Identity_Register",
  };
  const signature = operator.sign(PROPOSAL_TYPE, body);
  const answer = await engine.propose({ ...body, inputs, signature });
  if (answer.kind === "refused") throw new Error(answer.refused.reasons.join("; "));
}
