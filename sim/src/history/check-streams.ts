import type { Chronicle } from "./chronicle.ts";
import type { Findings } from "./finding.ts";
import type { History, StreamOp } from "./history.ts";

/** Check 8: each connection saw a run without gap, double or going back, of records that are in the log, and not too early. */
export function checkStreams(history: History, chronicle: Chronicle, findings: Findings): void {
  for (const op of history.ops)
    if (op.kind === "stream") checkStream(op, { history, chronicle, findings });
}

function checkStream(
  op: StreamOp,
  about: {
    readonly history: History;
    readonly chronicle: Chronicle;
    readonly findings: Findings;
  },
): void {
  const { history, chronicle, findings } = about;
  for (const [place, { heard, index, text }] of op.entries.entries()) {
    const name = `the stream of ${op.process} from ${op.from}`;
    findings.expect(
      index === op.from + place,
      "streams",
      () => `${name} gave ${index} as number ${place}`,
    );
    findings.expect(
      history.log[index] === text,
      "streams",
      () => `${name} gave another record ${index} than is in the log`,
    );
    findings.expect(
      index < chronicle.possibleAt(heard),
      "streams",
      () => `${name} gave ${index} before it was proposed`,
    );
  }
}
