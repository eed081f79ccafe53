import type { Json } from "@swoosh/kernel";
import { readLadderFile, type Ladder } from "../ladder-file.ts";
import { ladderStatus, type LadderStatus, type Recorded } from "../ladder-status.ts";
import type { LevelShape } from "./rule-model.ts";

/** What `swoosh gates status` would say of the play: the same fold over the same records, with definitions that are the play's words. */
export class RuleStatus {
  readonly #ladder: Ladder;

  constructor(levels: readonly LevelShape[]) {
    const text = levels.map(
      ({ criteria, triggers, needsVerification, votesNeeded }, level) =>
        `  - level: ${level}\n    name: L\n    criteria: [ ${criteria.map((id) => `{ id: ${id}, check: "true", negative: "false" }`).join(", ")} ]\n    regression_triggers: [ ${triggers.map((id) => `{ id: ${id}, when: { run: "true" } }`).join(", ")} ]\n${needsVerification ? "    verification: human\n" : ""}${votesNeeded > 0 ? `    approvals: { at_least: ${votesNeeded} }\n` : ""}`,
    );
    const { ladder, problems } = readLadderFile(`ladder: p\nlevels:\n${text.join("")}`);
    if (ladder === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    this.#ladder = ladder;
  }

  read(now: {
    readonly commit: string;
    readonly at: number;
    readonly recorded: (instance: string) => Recorded | undefined;
    readonly spoilt: ReadonlySet<string>;
    readonly definitions: ReadonlyMap<string, string>;
  }): LadderStatus {
    return ladderStatus({
      ...now,
      ladder: this.#ladder,
      definitionOf: ({ id }) => ({ id }),
      hashOf: (definition) => now.definitions.get(nameOf(definition)) ?? "",
    });
  }
}

/** `boot` of a criterion, `level 1` of a level. */
function nameOf(definition: Json): string {
  if (typeof definition !== "object" || definition === null) return "";
  if ("level" in definition) return `level ${String(definition.level)}`;
  return "id" in definition ? String(definition.id) : "";
}
