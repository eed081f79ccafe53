import { describe, expect, it } from "vitest";
import { createPaint } from "../paint.ts";
import type { ToldRecord } from "./tell-record.ts";
import { toldLine } from "./told-line.ts";

const BEGAN = 1_000;
const told = (transition: string, more: Partial<ToldRecord> = {}): ToldRecord => ({
  index: 1,
  at: BEGAN + 2_345,
  transition,
  by: "driver",
  changes: [],
  about: "",
  ...more,
});

describe("the line of a transition", () => {
  it.each<readonly [record: ToldRecord, line: string]>([
    [
      told("Boot_ConfigOk", { by: "operator", at: BEGAN - 40 }),
      "   0.0s  Boot_ConfigOk                operator",
    ],
    [
      told("Ingestion_SourcesResolved", {
        by: "ingest",
        changes: ["Ingestion DISCOVER → FETCH"],
        about: "file:///a",
      }),
      "   2.3s  Ingestion_SourcesResolved    ingest     Ingestion DISCOVER → FETCH  file:///a",
    ],
    [
      told("Council_QuorumCert", { changes: ["Council ELECT → TOOLING_SYNC"], about: "3 members" }),
      "   2.3s  Council_QuorumCert           driver     Council ELECT → TOOLING_SYNC  3 members",
    ],
    [
      told("Environment_Green", { changes: ["Environment HEALTHCHECK → READY"] }),
      "   2.3s  Environment_Green            driver     Environment HEALTHCHECK → READY",
    ],
    [
      told("Execution_TaskFinished", { by: "agent-2", about: "task build", at: BEGAN + 3_600_000 }),
      "3600.0s  Execution_TaskFinished       agent-2    task build",
    ],
    [
      told("Execution_ApprovalsThreshold", { changes: ["Execution REVIEW → REVERB"] }),
      "   2.3s  Execution_ApprovalsThreshold driver     Execution REVIEW → REVERB",
    ],
    [
      told("Execution_Complete", { changes: ["Lifecycle TERMINATED", "Run RUNNING → CLOSED"] }),
      "   2.3s  Execution_Complete           driver     Lifecycle TERMINATED, Run RUNNING → CLOSED",
    ],
  ])("%j is one that people read", (record, line) => {
    expect(toldLine(record, BEGAN, createPaint(false))).toBe(line);
  });

  it("stays one line, and drives no terminal, whatever an input says", () => {
    const line = toldLine(
      told("Policy_Quarantine", { about: "rationale a\nb\u001b[2J\u202e" }),
      BEGAN,
      createPaint(false),
    );
    expect(line).toMatch(/rationale a\\u000ab\\u001b\[2J\\u202e$/);
  });

  it("has its time and its signer set apart where there is colour", () => {
    const line = toldLine(told("Run_Pause", { by: "anna" }), BEGAN, createPaint(true));
    expect(line).toBe(
      `\u001b[2m   2.3s\u001b[0m  ${"Run_Pause".padEnd(28)} \u001b[36manna      \u001b[0m`,
    );
  });
});
