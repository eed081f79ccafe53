import type { LogRecord } from "@swoosh/kernel/values";

/** One step of the ladder, up or down, as the log tells it. */
export interface ProgressionStep {
  /** ms. */
  readonly at: number;
  readonly index: number;
  readonly level: number;
  readonly kind: "reached" | "restored" | "fell" | "verified" | "voted" | "changed";
  readonly commit: string;
  /** For falls: criterion and cause. For people's acts: their key. */
  readonly detail: string;
}

/** The steps of one ladder, oldest first. Confirmations of a level that is held are no steps. */
export function progressionOf(
  ladder: string,
  records: readonly LogRecord[],
): readonly ProgressionStep[] {
  const steps: ProgressionStep[] = [];
  const states = new Map<string, string>();
  for (const record of records) {
    const { index, at } = record;
    const main = {
      instance: record.proposal.instance ?? "",
      transition: record.proposal.transition,
      inputs: record.inputs ?? {},
      configuration: record.configuration,
    };
    for (const part of [main, ...record.parts]) {
      const level = levelOf(ladder, part.instance);
      if (level === undefined) continue;
      const before = states.get(part.instance) ?? "";
      const after = part.configuration[0] ?? "";
      states.set(part.instance, after);
      const commit = textOf(part.inputs["commit"]);
      const say = (kind: ProgressionStep["kind"], detail: string): void => {
        steps.push({ at, index, level, kind, commit, detail });
      };
      if (part.transition === "Level_Raise" && before !== "HELD")
        say(before === "REGRESSED" ? "restored" : "reached", "");
      if (part.transition === "Level_Fall" && before === "HELD")
        say(
          "fell",
          `${textOf(part.inputs["criterion"]).replace(/^.*?--/, "")}: ${textOf(part.inputs["cause"])}`,
        );
      if (part.transition === "Level_Define" && (before === "HELD" || before === "REGRESSED"))
        say("changed", "the level was defined anew");
      if (part.transition === "Level_Verify") say("verified", record.proposal.signer);
      if (part.transition === "Level_Vote") say("voted", record.proposal.signer);
    }
  }
  return steps;
}

function levelOf(ladder: string, instance: string): number | undefined {
  const prefix = `ladder/${ladder}-`;
  const rest = instance.slice(prefix.length);
  return instance.startsWith(prefix) && /^\d{1,2}$/.test(rest) ? Number(rest) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
