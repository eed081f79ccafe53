import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { decodeRecord, type LogRecord } from "@swoosh/kernel/values";
import {
  badgeJson,
  badgeSvg,
  formatDuration,
  ladderBadge,
  levelReport,
  mergeMaturity,
  mergeTestMatrix,
  progressionOf,
  type Ladder,
  type LadderStatus,
  type MatrixRow,
  type ReportInput,
} from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { readSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import type { GatesStore } from "./gates-store.ts";
import { LIVING, livingPath } from "./living-folder.ts";
import { revisionOf } from "./repository.ts";
import { statusOf } from "./status-of.ts";
import { readIfThere, writeChanged } from "./write-whole.ts";

/** DSSE payload type of a signed badge. */
const BADGE_TYPE = "application/vnd.swoosh.badge.v1+json";

/** `swoosh gates report`: documents from the log. The same log and files give the same bytes. */
export async function runGatesReport(
  port: ConsolePort,
  options: { readonly repo?: string; readonly url?: string; readonly check: boolean },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder } = session;
  if (ladder === undefined)
    throw new WorldError(
      "there is no gates/maturity.yaml, so there is nothing to report; swoosh gates init proposes one",
    );
  return withStore(root, options, async (store) => {
    const { commit } = await revisionOf(root);
    const status = statusOf(store, ladder, commit);
    const wanted = await documentsOf({ root, store, ladder, status });
    const differing = [...wanted]
      .filter(([path, text]) => readIfThere(join(root, path)) !== text)
      .map(([path]) => path);
    if (options.check) {
      for (const path of differing)
        port.err(`${path} is not what the log says; swoosh gates report writes it\n`);
      return differing.length === 0 ? EXIT.ok : EXIT.no;
    }
    mkdirSync(join(root, LIVING), { recursive: true });
    for (const [path, text] of wanted) writeChanged(join(root, path), text);
    port.out(
      differing.length === 0
        ? "everything is as the log says\n"
        : differing.map((path) => `wrote ${path}\n`).join(""),
    );
    return EXIT.ok;
  });
}

async function documentsOf(about: {
  readonly root: string;
  readonly store: GatesStore;
  readonly ladder: Ladder;
  readonly status: LadderStatus;
}): Promise<ReadonlyMap<string, string>> {
  const { root, store, ladder, status } = about;
  const steps = progressionOf(ladder.name, await logOf(store));
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");
  const input: ReportInput = { ladder, status, steps, dayOf };
  const badge = badgeJson(status, {
    origin: store.origin,
    at: steps.at(-1) === undefined ? "never" : new Date(steps.at(-1)?.at ?? 0).toISOString(),
  });
  const signed = {
    ...badge,
    signer: store.ci.identity,
    signature: store.ci.signPayload(BADGE_TYPE, badge),
  };
  return new Map([
    ["MATURITY.md", mergeMaturity(readIfThere(join(root, "MATURITY.md")) ?? "", input)],
    [
      `${LIVING}/TEST-MATRIX.md`,
      mergeTestMatrix(
        readIfThere(livingPath(root, "TEST-MATRIX.md")) ?? "",
        rowsOf(ladder, status, store),
      ),
    ],
    [`${LIVING}/badge.svg`, badgeSvg(ladderBadge(status))],
    [`${LIVING}/badge.json`, `${JSON.stringify(signed, null, 2)}\n`],
    ...ladder.levels.map((level): [string, string] => [
      `${LIVING}/level-${level.level}.md`,
      levelReport(level, input),
    ]),
  ]);
}

async function logOf(store: GatesStore): Promise<readonly LogRecord[]> {
  return (await store.records()).flatMap((text) => {
    const decoded = decodeRecord(text);
    return decoded.ok ? [decoded.record] : [];
  });
}

function rowsOf(ladder: Ladder, status: LadderStatus, store: GatesStore): readonly MatrixRow[] {
  return status.levels.flatMap((level) =>
    level.criteria.map((now, index): MatrixRow => {
      const criterion = ladder.levels[level.level]?.criteria[index];
      const at =
        now.ageMs === null ? "" : new Date(store.at - now.ageMs).toISOString().slice(0, 10);
      return {
        id: now.id,
        category: now.kind,
        criteria: now.title,
        phase: String(level.level),
        tags: criterion?.schedule ?? "change",
        runtime:
          criterion?.check === null || criterion === undefined
            ? ""
            : `≤ ${formatDuration(criterion.check.timeoutMs)}`,
        status: now.state,
        lastRun: at,
      };
    }),
  );
}
