import { describe, expect, it } from "vitest";
import { changesOf, RecordTeller } from "./tell-record.ts";

const LIFE = "Lifecycle.PROJECT_LIFECYCLE";

describe("what a record changed", () => {
  it.each<readonly [before: readonly string[], after: readonly string[], told: readonly string[]]>([
    [["A.X"], ["A.X"], []],
    [[`${LIFE}.Ingestion.FETCH`], [`${LIFE}.Ingestion.VALIDATE`], ["Ingestion FETCH → VALIDATE"]],
    [
      [`${LIFE}.Execution.EXECUTION.WORK`, "Run.RUNNING"],
      [`${LIFE}.Execution.EXECUTION.REVIEW`, "Run.RECOVERY"],
      ["Execution WORK → REVIEW", "Run RUNNING → RECOVERY"],
    ],
    [["Lifecycle.BOOT.LICENSE_CHECK"], [`${LIFE}.Council.ELECT`], ["Council ELECT"]],
  ])("of %j to %j is %j", (before, after, told) => {
    expect(changesOf(before, after)).toEqual(told);
  });

  it("is told for its own instance alone, with the signer's name and the inputs that matter", () => {
    const teller = new RecordTeller("project/a", (key) => (key === "k" ? "driver" : undefined));
    const record = (instance: string): string =>
      JSON.stringify({
        index: 4,
        at: 9,
        configuration: ["Run.RUNNING"],
        inputs: { task: "build", fence: 2, sources: [{ uri: "/src" }] },
        proposal: { instance, signer: "k", transition: "T" },
      });
    expect(teller.tell(record("project/b"))).toBeUndefined();
    expect(teller.tell(record("project/a"))).toEqual({
      index: 4,
      at: 9,
      transition: "T",
      by: "driver",
      changes: [],
      about: "task build, /src",
    });
  });
});
