import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { DecisionRecord } from "@swoosh/protocol";
import type { Client } from "@swoosh/sdk";
import type { WalkFlags } from "./add-read-commands.ts";
import { isNamed } from "./audit/link-decisions.ts";
import { walkDecisions, type WalkStep } from "./audit/walk-decisions.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { countOf, notThere, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";

const DEPTH_DEFAULT = 3;
const LIMIT_DEFAULT = 100;

/** `swoosh decisions walk`: 1 where there is no such decision. */
export async function runDecisionsWalk(
  port: ConsolePort,
  wanted: string,
  flags: WalkFlags,
): Promise<ExitCode> {
  const depth = countOf(port, "--depth", flags.depth);
  const limit = countOf(port, "--limit", flags.limit);
  if (depth === null || limit === null) return EXIT.usage;
  return withReader(port, flags, async (client) => {
    const decisions = await decisionsUpTo(client, wanted);
    const start = decisions?.at(-1);
    if (decisions === undefined || start === undefined) return notThere(port, `decision ${wanted}`);
    const steps = walkDecisions(decisions, start.index, {
      depthMax: depth ?? DEPTH_DEFAULT,
      stepsMax: limit ?? LIMIT_DEFAULT,
    });
    if (flags.json === true) for (const step of steps) port.out(`${jsonOf(step)}\n`);
    else
      port.out(
        textTable([["DEPTH", "RECORD", "INSTANCE", "TRANSITION", "BEHIND"], ...steps.map(rowOf)]),
      );
    return EXIT.ok;
  });
}

/** All decisions until the one that is named by index, by hash or by `bubble://dr/…`; undefined: there is none. */
async function decisionsUpTo(
  client: Client,
  wanted: string,
): Promise<readonly DecisionRecord[] | undefined> {
  const decisions: DecisionRecord[] = [];
  for await (const decision of client.decisions({})) {
    decisions.push(decision);
    if (isNamed(decision, wanted)) return decisions;
  }
  return undefined;
}

function rowOf({ decision, depth, from }: WalkStep): string[] {
  const { index, instance, transition } = decision;
  const behind = from === null ? "" : `${from.edges.join(", ")} of ${from.index}`;
  return [String(depth), String(index), instance, transition, behind];
}

function jsonOf({ decision, depth, from }: WalkStep): string {
  const json: Json = JSON.parse(JSON.stringify({ decision, depth, from }));
  return canonicalize(json);
}
