import type { Criterion, Recorded, Schedule } from "@swoosh/gates";

const PERIOD_MS: Readonly<Record<Schedule, number>> = {
  change: 0,
  daily: 86_400_000,
  weekly: 604_800_000,
  monthly: 2_592_000_000,
};

/** When what is scheduled is due again, journal time in ms; infinite for what is checked per change, which time alone never asks for. */
export function nextDue(criterion: Criterion, recorded: Recorded | undefined): number {
  const at = recorded?.context["at"];
  if (criterion.schedule === "change" || typeof at !== "number") return Number.POSITIVE_INFINITY;
  return at + PERIOD_MS[criterion.schedule];
}

/** With every run what is checked per change; what is scheduled when its period has passed, it failed, or it never ran. */
export function isDue(
  criterion: Criterion,
  recorded: Recorded | undefined,
  now: { readonly at: number; readonly commit: string },
): boolean {
  if (criterion.schedule === "change") return true;
  const at = recorded?.context["at"];
  if (typeof at !== "number" || at === 0) return true;
  return now.at - at >= PERIOD_MS[criterion.schedule];
}
