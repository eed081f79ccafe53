import {
  ABSENT_HASH,
  base64urlOf,
  canonicalize,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import type { RunningNode } from "../node/open-node.ts";
import { systemRandom } from "../node/system-random.ts";
import { STALE_TRIES_MAX } from "./limits.ts";

/** What became of a proposal: a no is a value. */
export type ProposeAnswer =
  | { readonly ok: true; readonly index: number }
  | {
      readonly ok: false;
      readonly code: string;
      readonly guard: string | null;
      readonly reasons: readonly string[];
    };

export interface ProposeMore {
  readonly evidence?: readonly string[];
  readonly justification?: string;
  /** The window that the proposal names. */
  readonly window?: string;
}

/** A door to the log under one identity, inside the server's own process. */
export type ProposeHere = (
  instance: string,
  transition: string,
  inputs?: JsonObject,
  more?: ProposeMore,
) => Promise<ProposeAnswer>;

type Node = Pick<RunningNode, "clock" | "engine" | "origin">;

/**
 * Signs with this key and proposes to the node's own engine: the same checks as from outside, without the network. A head
 * that moved meanwhile is read again, under the same idempotency key.
 */
export function proposeAs(node: Node, key: PrivateKey): ProposeHere {
  return async (instance, transition, inputs = {}, more = {}) => {
    const beat = beatOf(node);
    const unique = base64urlOf(systemRandom.bytes(16));
    const idemKey = `${instance.slice(0, 100)}:${beat}:${transition}:${unique}`;
    for (let tries = 1; ; tries += 1) {
      const text = signed(node, key, { instance, transition, inputs, more, idemKey });
      const answer = await node.engine.propose(text);
      if (answer.kind === "accepted") return { ok: true, index: answer.index };
      const { code, guard, reasons } = answer.refused;
      if (code !== "stale_state" || tries >= STALE_TRIES_MAX)
        return { ok: false, code, guard, reasons };
    }
  };
}

interface Asked {
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  readonly more: ProposeMore;
  readonly idemKey: string;
}

function signed(node: Node, key: PrivateKey, asked: Asked): string {
  const { idemKey, inputs, instance, more, transition } = asked;
  const head = node.engine.state.head(instance);
  const last = parseHlc(head?.document.hlc_last ?? "");
  const own = { wallMs: node.clock.now(), counter: 0 };
  const body: JsonObject = {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    ...(more.evidence === undefined ? {} : { evidence: [...more.evidence] }),
    hlc: formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
    idem_key: idemKey,
    inputs_hash: valueHash(hasher, inputs),
    instance,
    ...(more.justification === undefined ? {} : { justification: more.justification }),
    origin: node.origin,
    signer: key.identity,
    transition,
    ...(more.window === undefined ? {} : { window_id: more.window }),
  };
  return canonicalize({ ...body, inputs, signature: key.sign(PROPOSAL_TYPE, body) });
}

/** Present beat, or 0 where nobody beats: the second part of an idempotency key. */
function beatOf(node: Node): number {
  const beat = node.engine.state.head("beat/main")?.document.context["beat_index"];
  return typeof beat === "number" ? beat : 0;
}
