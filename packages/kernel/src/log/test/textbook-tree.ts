import { createHash } from "node:crypto";

/** RFC 6962 §2.1 as the RFC writes it: recursive, over lists of leaf hashes, sharing nothing with the code it checks. */

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

export function textbookNode(left: string, right: string): string {
  return createHash("sha256")
    .update(Buffer.from(`01${left}${right}`, "hex"))
    .digest("hex");
}

export function textbookRoot(leaves: readonly string[]): string {
  const [only] = leaves;
  if (only === undefined) return createHash("sha256").digest("hex");
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return textbookNode(textbookRoot(leaves.slice(0, k)), textbookRoot(leaves.slice(k)));
}

/** PATH(m, D[n]) */
export function textbookPath(m: number, leaves: readonly string[]): string[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...textbookPath(m, leaves.slice(0, k)), textbookRoot(leaves.slice(k))]
    : [...textbookPath(m - k, leaves.slice(k)), textbookRoot(leaves.slice(0, k))];
}

/** PROOF(m, D[n]) */
export function textbookConsistency(m: number, leaves: readonly string[]): string[] {
  return subproof(m, leaves, true);
}

function subproof(m: number, leaves: readonly string[], whole: boolean): string[] {
  if (m === leaves.length) return whole ? [] : [textbookRoot(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), textbookRoot(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), textbookRoot(leaves.slice(0, k))];
}
