import { joinScans, type PolicyScan } from "../providers/shhh/policy-scan.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";

/** A text inside a JSON value: where it stands, and as a rule would meet it in a file, with its name. */
export interface Leaf {
  readonly place: string;
  readonly text: string;
}

/** Of a proposal: what the kernel checks by form anyway, and what no person writes. */
const PASSED: ReadonlySet<string> = new Set([
  "signature",
  "current_state_hash",
  "inputs_hash",
  "hlc",
  "origin",
  "signer",
]);
/** UTF-16 units of a place; it is part of evidence. */
const PLACE_LENGTH_MAX = 200;

/** Every text of a proposal, decoded, so that no way of escaping hides one. What is no JSON is one text. */
export function proposalLeaves(text: string): {
  readonly instance: string;
  readonly leaves: readonly Leaf[];
} {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { instance: "", leaves: [{ place: "the body", text }] };
  }
  const leaves: Leaf[] = [];
  const { instance }: { instance?: unknown } = Object(read);
  for (const [name, value] of Object.entries(Object(read))) {
    leaves.push({ place: "a name", text: name });
    if (name === "inputs") leaves.push(...valueLeaves(name, value));
    // Names of the envelope say nothing of what stands there: `idem_key` is none of the keys that rules look for.
    else if (!PASSED.has(name)) leaves.push(...valueLeaves(name, value));
  }
  return { instance: typeof instance === "string" ? instance : "", leaves };
}

/** Every text of a value: names of members too. */
export function valueLeaves(place: string, value: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const waiting: { readonly place: string; readonly name: string; readonly value: unknown }[] = [
    { place, name: "", value },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, value: one } = next;
    if (typeof one === "string")
      leaves.push({ place: next.place, text: name === "" ? one : `${name}="${one}"` });
    else if (Array.isArray(one))
      for (const [at, item] of one.entries())
        waiting.push({ place: `${next.place}[${at}]`, name, value: item });
    else if (typeof one === "object" && one !== null)
      for (const [member, item] of Object.entries(one)) {
        leaves.push({ place: next.place, text: member });
        waiting.push({ place: `${next.place}.${member}`, name: member, value: item });
      }
  }
  return leaves;
}

/** Most texts hold nothing: they are searched as one, and one by one only where that finds something. */
export function scanLeaves(scanner: PolicyScanner, leaves: readonly Leaf[]): PolicyScan {
  const all = scanner.scanText(leaves.map(({ text }) => text).join("\n"), "all");
  if (all.count === 0) return all;
  const scans = leaves.map(({ place, text }) =>
    scanner.scanText(text, scanner.redactText(place, "a place").text.slice(0, PLACE_LENGTH_MAX)),
  );
  return joinScans(scanner.rules.version, scans);
}
