import { decodeRecord, instanceOf } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import type { JournalFlags } from "./add-journal-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { countOf, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";

const TAIL_RECORDS = 10;
/** Rows of a table that are measured together. */
const TABLE_ROWS = 200;
const HEADINGS = ["RECORD", "TIME", "INSTANCE", "TRANSITION", "STATE"];

type Texts = AsyncIterable<string> | Iterable<string>;

/** `swoosh journal cat`. */
export async function runJournalCat(port: ConsolePort, flags: JournalFlags): Promise<ExitCode> {
  const from = countOf(port, "--from", flags.from);
  const limit = countOf(port, "--limit", flags.limit);
  if (from === null || limit === null) return EXIT.usage;
  const span = { from: from ?? 0, limit: limit ?? Number.POSITIVE_INFINITY };
  if (flags.data !== undefined) {
    const folder = flags.data;
    return withServerErrors(port, async () =>
      show(port, flags, atMost(await folderTexts(folder, span.from), span.limit)),
    );
  }
  return withReader(port, flags, (client) => show(port, flags, serverTexts(client, span)));
}

/** `swoosh journal tail`. */
export async function runJournalTail(port: ConsolePort, flags: JournalFlags): Promise<ExitCode> {
  const count = countOf(port, "--limit", flags.limit);
  if (count === null) return EXIT.usage;
  const last = count ?? TAIL_RECORDS;
  const { data } = flags;
  if (data === undefined)
    return withReader(port, flags, async (client) => {
      const { treeSize } = await client.health();
      const from = Math.max(0, treeSize - last);
      if (flags.follow !== true) return show(port, flags, serverTexts(client, { from }));
      for await (const { text } of client.tail({ from })) {
        if (port.isOutClosed()) break;
        port.out(flags.json === true ? `${text}\n` : textTable([rowOf(text)]));
      }
      return EXIT.ok;
    });
  if (flags.follow === true) {
    port.err("swoosh: --follow needs a server; leave --data out, or read again\n");
    return EXIT.usage;
  }
  return withServerErrors(port, async () => {
    const kept: string[] = [];
    for (const text of await folderTexts(data, 0)) {
      kept.push(text);
      if (kept.length > last) kept.shift();
    }
    return show(port, flags, kept);
  });
}

async function folderTexts(folder: string, from: number): Promise<Iterable<string>> {
  const { readFolder } = await import("@swoosh/server/verify");
  return readFolder(folder, from);
}

async function* serverTexts(
  client: Client,
  span: { readonly from: number; readonly limit?: number },
): AsyncGenerator<string> {
  for await (const { text } of client.journal(span)) yield text;
}

async function* atMost(texts: Texts, limit: number): AsyncGenerator<string> {
  let left = limit;
  if (left <= 0) return;
  for await (const text of texts) {
    yield text;
    left -= 1;
    if (left <= 0) return;
  }
}

async function show(port: ConsolePort, flags: JournalFlags, texts: Texts): Promise<ExitCode> {
  let rows: (readonly string[])[] = [HEADINGS];
  let count = 0;
  for await (const text of texts) {
    if (port.isOutClosed()) return EXIT.ok;
    count += 1;
    if (flags.json === true) {
      port.out(`${text}\n`);
      continue;
    }
    rows.push(rowOf(text));
    if (rows.length <= TABLE_ROWS) continue;
    port.out(textTable(rows));
    rows = [];
  }
  if (flags.json !== true && count > 0) port.out(textTable(rows));
  if (flags.json !== true && count === 0) port.err("there are none\n");
  return EXIT.ok;
}

function rowOf(text: string): readonly string[] {
  const decoded = decodeRecord(text);
  if (!decoded.ok) return ["?", "", "", "", plainText(decoded.problem)];
  const { at, configuration, index, proposal } = decoded.record;
  const time = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  return [String(index), time, instanceOf(proposal), proposal.transition, configuration.join(", ")];
}
