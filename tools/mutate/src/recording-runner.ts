import fc from "fast-check";
import { TestRunner, type RunnerTask, type RunnerTestFile, type RunnerTestSuite } from "vitest";
import type { Hit } from "./mutant.ts";
import { runState, usedMs } from "./run-state.ts";
import { switchboard } from "./switchboard.ts";

/** A counterexample is enough, the smallest one is for people; and each mutant meets the same inputs. */
fc.configureGlobal({ endOnFailure: true, seed: 20_261_129 });

/** Vitest's runner that ends at the first failing test, and tells what failed and what each test reached. */
export default class RecordingRunner extends TestRunner {
  #startedAt = 0;

  onCollected(files: RunnerTestFile[]): void {
    runState().files = files;
    runState().shared.push(...this.#takeHits());
  }

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    runState().shared.push(...this.#takeHits());
    this.#startedAt = usedMs();
  }

  override onAfterRunTask(test: RunnerTask): void {
    super.onAfterRunTask(test);
    const state = runState();
    const name = test.fullTestName ?? test.name;
    if (test.result?.state === "fail") {
      state.failure ??= { test: test.id, name };
      this.cancel("test-failure");
    }
    const hits = this.#takeHits();
    // Tests that run at the same time reach what they reach together.
    if (test.concurrent === true) state.shared.push(...hits);
    state.tests.push({ id: test.id, name, ms: usedMs() - this.#startedAt, hits });
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    runState().shared.push(...this.#takeHits());
    await super.onAfterRunSuite(suite);
  }

  #takeHits(): readonly Hit[] {
    const { recorded } = runState();
    if (recorded === undefined) return [];
    const board = switchboard();
    const hits = recorded
      .map((mutant): Hit => [mutant, board.hits[mutant] ?? 0])
      .filter(([, count]) => count > 0);
    board.clear();
    return hits;
  }
}
