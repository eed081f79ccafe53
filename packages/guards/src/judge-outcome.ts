/** When a task counts as done. */
export interface TaskGate {
  readonly name: string;
  readonly exit: number;
  /** Paths that must be there after the run. */
  readonly files: readonly string[];
  /** Texts that the output must have, and must not have. */
  readonly contains: readonly string[];
  readonly lacks: readonly string[];
}

/** What came of one run of a task's command. */
export interface TaskOutcome {
  /** null: it was ended by a signal or by a limit. */
  readonly exit: number | null;
  /** Paths among the gate's `files` that are there after the run. */
  readonly files: readonly string[];
  readonly output: string;
}

/** Why a run does not pass its gate; empty: it passes. */
export function judgeOutcome(gate: TaskGate, outcome: TaskOutcome): readonly string[] {
  const reasons: string[] = [];
  if (outcome.exit !== gate.exit) {
    const ended =
      outcome.exit === null ? "it was ended before it could exit" : `exit ${outcome.exit}`;
    reasons.push(`${ended}; gate ${gate.name} wants exit ${gate.exit}`);
  }
  for (const path of gate.files)
    if (!outcome.files.includes(path)) reasons.push(`${path} is not there after the run`);
  for (const text of gate.contains)
    if (!outcome.output.includes(text)) reasons.push(`the output lacks "${text}"`);
  for (const text of gate.lacks)
    if (outcome.output.includes(text)) reasons.push(`the output has "${text}"`);
  return reasons;
}
