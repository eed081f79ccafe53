import type { LogRecord } from "../record.ts";

const HASH = `sha256-${"ab".repeat(32)}` as const;
const PRE = `sha256-${"0".repeat(64)}` as const;

/** A record with something in every field, in canonical key order. */
export function sampleRecord(over: Partial<LogRecord> = {}): LogRecord {
  const effect = {
    answer: ["Work_Done"],
    due: { at: 1_700_000_060_000 },
    effect: "run",
    fence: 3,
    id: "project/acme#3.0",
    name: "work",
    owner: "runner",
    state: "Work.RUNNING",
    with: { deep: [{ a: [1, null, true, "ü😀"] }], nothing: {} },
  };
  const record: LogRecord = {
    at: 1_700_000_000_000,
    configuration: ["Council.ELECTED", "Work.RUNNING"],
    effects: { closed: ["project/acme#2.0"], opened: [effect] },
    flags: [1, 4],
    index: 41,
    inputs: { list: [1, -2, "x"], who: "m\u0001é" },
    now: 1_699_999_999_000,
    outcomes: [{ guard: "quorum", ok: true, reasons: ["3 of 3"] }],
    parts: [
      {
        configuration: ["READY"],
        effects: { closed: [], opened: [{ ...effect, due: { beat: 12 }, id: "agent/a7#9.0" }] },
        inputs: {},
        instance: "agent/a7",
        outcomes: [],
        post: HASH,
        pre: PRE,
        seq: 9,
        transition: "Agent_Lease",
      },
    ],
    post: HASH,
    pre: PRE,
    prev: "cd".repeat(32),
    proposal: {
      current_state_hash: PRE,
      evidence: ["ucxl://a"],
      hlc: "2026-01-02T03:04:05.006+00:00#0007",
      idem_key: "g:1:op:u",
      inputs_hash: HASH,
      instance: "project/acme",
      justification: "because",
      origin: `acme/${"1f".repeat(16)}`,
      signer: `hmmm:pubkey:${"A".repeat(43)}`,
      transition: "Work_Start",
      window_id: "backbeat:1",
    },
    raised: [
      { event: "Done", taken: true },
      { event: "Late", failed: "assign: overflow", taken: false },
    ],
    reads: [
      { hash: HASH, instance: "beat/main" },
      { hash: PRE, instance: "identity/operator" },
    ],
    seq: 3,
    signature: "B".repeat(86),
    v: 1,
    verdict: [true, false],
  };
  return { ...record, ...over };
}
