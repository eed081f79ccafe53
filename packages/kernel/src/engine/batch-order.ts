import type { Hasher } from "../hash.ts";
import { normalHlc, parseHlc } from "../reduce/hlc.ts";
import type { SignedProposal } from "./parse-proposal.ts";
import { instanceOf } from "./instance-of.ts";

/**
 * The order in which a batch is taken (kernel design §3): proposals that name the same head (instance and hash) by
 * the bytes of (hlc in normal form, signer, idem_key), so that who wins does not hang on who arrived first; each group
 * stands in the places that its members had, all others keep their arrival.
 */
export function batchOrder<T extends { readonly signed: SignedProposal }>(
  hasher: Hasher,
  items: readonly T[],
): readonly T[] {
  const groups = new Map<string, number[]>();
  for (const [place, { signed }] of items.entries()) {
    const head = `${instanceOf(signed.proposal)} ${signed.proposal.current_state_hash}`;
    const places = groups.get(head);
    if (places === undefined) groups.set(head, [place]);
    else places.push(place);
  }
  if (groups.size === items.length) return items;
  const ordered = [...items];
  for (const places of groups.values()) {
    if (places.length === 1) continue;
    const members = places.flatMap((place) => items.slice(place, place + 1));
    const keyed = members.map((item) => ({ item, key: sortKey(hasher, item.signed) }));
    keyed.sort((left, right) => compareKeys(left.key, right.key));
    for (const [rank, { item }] of keyed.entries()) ordered[places[rank] ?? 0] = item;
  }
  return ordered;
}

function sortKey(hasher: Hasher, { proposal }: SignedProposal): readonly Uint8Array[] {
  const hlc = parseHlc(proposal.hlc);
  const normal = hlc === undefined ? proposal.hlc : normalHlc(proposal.hlc, hlc);
  return [normal, proposal.signer, proposal.idem_key].map(hasher.utf8);
}

function compareKeys(left: readonly Uint8Array[], right: readonly Uint8Array[]): number {
  for (const [at, bytes] of left.entries()) {
    const order = compareBytes(bytes, right[at] ?? bytes);
    if (order !== 0) return order;
  }
  return 0;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
