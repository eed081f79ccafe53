import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { Leader } from "../../follow/test/leader.ts";
import { ProjectStage } from "../../follow/test/project-stage.ts";
import { ProjectWalk } from "../../follow/test/project-walk.ts";

/** A log with projects that a test walks through the shipped chart; there from the first test of its file to the last. */
export interface WalkedProjects {
  readonly leader: Leader;
  readonly stage: ProjectStage;
  readonly walk: ProjectWalk;
}

/** `tell` gets it before the first test; `word` begins the names of its projects. */
export function walkProjects(
  word: string,
  tell: (there: WalkedProjects) => void | Promise<void>,
): void {
  const root = mkdtempSync(join(tmpdir(), "swoosh-walked-"));
  let leader: Leader | undefined;
  beforeAll(async () => {
    leader = await Leader.open(join(root, "data"));
    const stage = new ProjectStage(leader);
    await stage.begin();
    await tell({ leader, stage, walk: new ProjectWalk(stage, word) });
  });
  afterAll(async () => {
    await leader?.node.close();
    rmSync(root, { recursive: true, force: true });
  });
}
