import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { DecisionRecord } from "@swoosh/protocol";
import type { DecisionsFlags } from "./add-read-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { countOf, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";

const LIMIT_DEFAULT = 100;

/** `swoosh decisions`. */
export async function runDecisions(port: ConsolePort, flags: DecisionsFlags): Promise<ExitCode> {
  const since = countOf(port, "--since", flags.since);
  const given = countOf(port, "--limit", flags.limit);
  if (since === null || given === null) return EXIT.usage;
  const limit = given ?? LIMIT_DEFAULT;
  return withReader(port, flags, async (client) => {
    const { instance, signer, transition } = flags;
    const query = {
      ...(instance === undefined ? {} : { instance }),
      ...(signer === undefined ? {} : { signer }),
      ...(transition === undefined ? {} : { transition }),
      ...(since === undefined ? {} : { since }),
    };
    const rows: string[][] = [];
    let isMore = false;
    for await (const decision of client.decisions(query)) {
      if (rows.length === limit) {
        isMore = true;
        break;
      }
      rows.push(rowOf(decision));
      if (flags.json !== true) continue;
      if (port.isOutClosed()) break;
      const json: Json = JSON.parse(JSON.stringify(decision));
      port.out(`${canonicalize(json)}\n`);
    }
    if (flags.json !== true && rows.length > 0)
      port.out(
        textTable([["RECORD", "TIME", "INSTANCE", "TRANSITION", "ROLE", "GUARDS"], ...rows]),
      );
    if (flags.json !== true && rows.length === 0) port.err("there are none\n");
    if (isMore)
      port.err(
        `the first ${limit}; --limit shows more, --since ${Number(rows.at(-1)?.[0] ?? 0) + 1} goes on\n`,
      );
    return EXIT.ok;
  });
}

function rowOf(decision: DecisionRecord): string[] {
  const { at, guard_outcomes: outcomes, index, instance, transition, ucxl } = decision;
  const role = /^ucxl:\/\/swoosh:([^@]*)@/.exec(ucxl)?.[1] ?? "";
  const time = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  const guards = outcomes
    .map(({ guard, instance: joined, reasons }) =>
      [...(joined === undefined ? [] : [joined]), guard, ...reasons].join(" "),
    )
    .join("; ");
  return [String(index), time, instance, transition, role, guards];
}
