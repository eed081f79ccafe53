import type { JsonObject } from "@swoosh/kernel";
import type { Propose } from "../propose.ts";
import type { Notify } from "../provider.ts";

export const LICENSE_FACT = "license/main";
/** UTF-16 units of a reason in the fact (`charts/license.yaml`). */
const REASON_LENGTH_MAX = 120;

export type LicenceSource = "local" | "kaching";

/** What a provider has seen of a licence. */
export type LicenceSeen =
  | {
      readonly kind: "granted";
      readonly subject: string;
      readonly validUntil: number;
      readonly graceMs: number;
      /** Evidence: the grant as it came. */
      readonly token?: string;
    }
  | { readonly kind: "denied"; readonly reason: string }
  | { readonly kind: "throttled"; readonly reason: string }
  | { readonly kind: "unreachable"; readonly reason: string };

/** Puts what was seen into the log; true where it is there. */
export async function proposeLicence(
  seen: LicenceSeen,
  context: {
    readonly propose: Propose;
    readonly notify: Notify;
    readonly source: LicenceSource;
    readonly observedAt: number;
  },
): Promise<boolean> {
  const [transition, inputs] = transitionOf(seen, context.source, context.observedAt);
  const answer = await context.propose(LICENSE_FACT, transition, inputs);
  if (answer.kind === "accepted") return true;
  context.notify("warn", `${transition} was refused: ${answer.code}: ${answer.reasons.join("; ")}`);
  return false;
}

function transitionOf(
  seen: LicenceSeen,
  source: LicenceSource,
  observedAt: number,
): readonly [transition: string, inputs: JsonObject] {
  switch (seen.kind) {
    case "granted": {
      const { graceMs, subject, token, validUntil } = seen;
      const inputs = {
        grace_ms: graceMs,
        observed_at: observedAt,
        source,
        subject,
        valid_until: validUntil,
      };
      return ["License_Granted", token === undefined ? inputs : { ...inputs, token }];
    }
    case "denied":
      return ["License_Denied", { observed_at: observedAt, reason: short(seen.reason), source }];
    case "throttled":
      return ["License_Throttled", { reason: short(seen.reason) }];
    case "unreachable":
      return ["License_Unreachable", { reason: short(seen.reason) }];
  }
}

function short(reason: string): string {
  const text = reason.replaceAll(/\s+/g, " ").trim() || "no reason was given";
  return [...text].slice(0, REASON_LENGTH_MAX).join("");
}
