import { canonicalize, type JsonObject } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";

/** Names of what a hostile client does to a sound proposal; each must be refused, and leave nothing behind. */
export const HOSTILITIES = [
  "another operation under a known key",
  "another origin",
  "bytes behind the end",
  "half of it",
  "inputs that were not signed",
  "no signature",
  "stranger's key",
  "too long",
  "unknown field",
  "wrong signature",
] as const;
export type Hostility = (typeof HOSTILITIES)[number];

/** Doctors the text of a proposal. `other`: some proposal that was sent before. */
export function doctored(
  random: SeededRandom,
  hostility: Hostility,
  text: string,
  other: string,
): string {
  const body: JsonObject = JSON.parse(text);
  const with_ = (fields: JsonObject): string => canonicalize({ ...body, ...fields });
  switch (hostility) {
    case "another operation under a known key": {
      const earlier: JsonObject = JSON.parse(other);
      return with_({ idem_key: earlier["idem_key"] ?? "" });
    }
    case "another origin":
      return with_({ origin: `sim/${"0".repeat(32)}` });
    case "bytes behind the end":
      return `${text}}`;
    case "half of it":
      return text.slice(0, random.below(text.length));
    case "inputs that were not signed":
      return with_({ inputs: { item: "odd" } });
    case "no signature": {
      const { signature, ...rest } = body;
      return signature === undefined ? text : canonicalize(rest);
    }
    case "stranger's key":
      return with_({ signer: `hmmm:pubkey:${"A".repeat(43)}` });
    case "too long":
      return `${text}${" ".repeat(70_000)}`;
    case "unknown field":
      return with_({ hidden: 1 });
    default:
      return with_({ signature: `${"A".repeat(86)}` });
  }
}
