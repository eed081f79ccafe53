import { fileURLToPath } from "node:url";
import { canonicalize, isValueHash, type Json, type JsonObject } from "@swoosh/kernel/values";
import { readOpening, type DecisionRecord } from "@swoosh/protocol";
import type { Client } from "@swoosh/sdk";
import type { ShowDecisionFlags } from "./add-read-commands.ts";
import { linkDecision, type DecisionLink, type LinkedDecision } from "./audit/link-decisions.ts";
import type { ConsolePort } from "./console-port.ts";
import { kindOf } from "./decision-page/decision-kind.ts";
import {
  DECISION_SHAPE,
  decisionValues,
  type DecisionBackground,
} from "./decision-page/decision-values.ts";
import { parseTemplate, renderTemplate } from "./decision-page/page-template.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { countOf, notThere, withReader } from "./read-client.ts";
import { readText } from "./read-text.ts";

const LINKS_DEFAULT = 20;
const TEMPLATE_BYTES_MAX = 64 * 1024;

/** `swoosh decisions show`: 1 where there is no such decision, or the template has problems. */
export async function runDecisionsShow(
  port: ConsolePort,
  wanted: string,
  flags: ShowDecisionFlags,
): Promise<ExitCode> {
  const limit = countOf(port, "--limit", flags.limit);
  if (limit === null) return EXIT.usage;
  return withReader(port, flags, async (client) => {
    const linked = await linkDecision(client.decisions({}), wanted);
    if (linked === undefined) return notThere(port, `decision ${wanted}`);
    const { decision } = linked;
    if (flags.json === true) {
      port.out(`${jsonOf(linked)}\n`);
      return EXIT.ok;
    }
    const file = flags.template ?? shippedTemplate(decision);
    const template = parseTemplate(readText(file, TEMPLATE_BYTES_MAX), DECISION_SHAPE);
    if (!template.ok) {
      for (const { column, line, message } of template.problems)
        port.err(`swoosh: ${plainText(`${file}:${line}:${column}: ${message}`)}\n`);
      return EXIT.no;
    }
    const background = await backgroundOf(client, decision);
    const values = decisionValues(linked, background, limit ?? LINKS_DEFAULT);
    port.out(renderTemplate(template.pieces, values));
    return EXIT.ok;
  });
}

function shippedTemplate(decision: DecisionRecord): string {
  return fileURLToPath(
    new URL(`./decision-page/templates/${kindOf(decision)}.md`, import.meta.url),
  );
}

async function backgroundOf(
  client: Client,
  { index, justification, redactions }: DecisionRecord,
): Promise<DecisionBackground> {
  let record: {
    readonly configuration?: readonly string[];
    readonly inputs?: JsonObject;
  } = {};
  for await (const { text } of client.journal({ from: index, limit: 1 })) record = JSON.parse(text);
  const isHidden = redactions.includes("justification");
  return {
    configuration: record.configuration ?? [],
    inputs: record.inputs ?? {},
    opened: isHidden ? await openingOf(client, justification ?? "") : undefined,
  };
}

/** Undefined: its bytes have gone, or are not for this reader. */
async function openingOf(client: Client, hash: string): Promise<string | undefined> {
  if (!isValueHash(hash)) return undefined;
  const bytes = await client.getEvidence(hash);
  return bytes === undefined ? undefined : readOpening(Buffer.from(bytes).toString());
}

function jsonOf({ decision, followsFrom, ledTo }: LinkedDecision): string {
  const linksOf = (links: readonly DecisionLink[]) =>
    links.map(({ decision: { id, index }, edges }) => ({ edges: [...edges], id, index }));
  const json: Json = JSON.parse(
    JSON.stringify({
      decision,
      follows_from: linksOf(followsFrom),
      kind: kindOf(decision),
      led_to: linksOf(ledTo),
    }),
  );
  return canonicalize(json);
}
