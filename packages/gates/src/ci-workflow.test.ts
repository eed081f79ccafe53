import { describe, expect, it } from "vitest";
import { ciWorkflow } from "./ci-workflow.ts";
import { readLadderFile } from "./ladder-file.ts";

const LEVELS = ["Boots", "Locked", "Seen", "Safe"];
const FILE = `ladder: l
levels:
${LEVELS.map((name, level) => `  - level: ${level}\n    name: ${name}\n    criteria: [ { id: c${level}, title: C, check: "true", negative: "false" } ]\n`).join("")}`;

function workflow(reached: number, file = FILE): string {
  const { ladder } = readLadderFile(file);
  if (ladder === undefined) throw new Error("no ladder");
  return ciWorkflow({ ladder, reached, install: ["npm ci"], command: "npx swoosh" });
}

/** The lines of one job. */
function job(text: string, name: string): string | undefined {
  return new RegExp(`^  ${name}:\\n(?:(?:    .*)?\\n)*`, "m").exec(text)?.[0];
}

describe("the workflow of a ladder", () => {
  it.each([-1, 0, 1, 2, 3])(
    "requires what was reached (%d), lets the next level fail, and leaves out higher ones",
    (reached) => {
      const text = workflow(reached);
      for (const level of LEVELS.keys()) {
        const lines = job(text, `level-${level}`);
        if (level > reached + 1) {
          expect(lines, `level ${level}`).toBeUndefined();
          continue;
        }
        expect(lines).toContain(`run: npx swoosh gates run --level ${level}\n`);
        expect(lines?.includes("continue-on-error: true")).toBe(level === reached + 1);
        expect(lines?.includes("(next, may fail)")).toBe(level === reached + 1);
        expect(/ needs: (.*)/.exec(lines ?? "")?.[1]).toBe(
          level === 0 ? undefined : `level-${level - 1}`,
        );
      }
      expect(text.includes("--reached")).toBe(reached >= 0);
    },
  );

  it("judges a pull request as a change against its base, and a full history", () => {
    const lines = job(workflow(1), "change");
    expect(lines).toContain("if: github.event_name == 'pull_request'");
    expect(lines).toContain(
      'npx swoosh gates run --ci --reached 1 --base "origin/${{ github.base_ref }}"',
    );
    expect(lines).toContain("fetch-depth: 0");
    expect(lines).not.toContain("continue-on-error");
  });

  it("has schedules where something is scheduled", () => {
    expect(workflow(0)).not.toContain("schedule");
    const weekly = workflow(0, FILE.replace("id: c3,", "id: c3, schedule: weekly,"));
    expect(weekly).toContain("  schedule:\n    - cron:");
    expect(job(weekly, "scheduled")).toContain("      - run: npx swoosh gates run\n");
  });
});
