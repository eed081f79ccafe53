import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { withReader } from "../read-client.ts";
import { foundLine, keptLine, NOTHING_FOUND, readPassages } from "./memory-lines.ts";

export interface MemoryServerFlags {
  readonly url: string;
  readonly key?: string;
  readonly for?: string;
  readonly json: boolean;
}

/** Bytes of one request: passages travel together, and a request has at most 64 KiB. */
const TOGETHER_BYTES = 24_576;

/** `swoosh mesh remember --url`: the server answers when it is on its disk. */
export function runRememberOverUrl(
  port: ConsolePort,
  what: string,
  flags: MemoryServerFlags,
): Promise<ExitCode> {
  const { passages, source } = readPassages(port, what);
  if (passages.length === 0) return Promise.resolve(EXIT.no);
  return withReader(port, serverOf(flags), async (client) => {
    for (const together of groupsOf(passages)) {
      const kept = await client.remember(together.join("\n\n"), { ...forOf(flags), source });
      for (const [at, one] of kept.entries())
        port.out(keptLine(one, together[at] ?? "", flags.json));
    }
    return EXIT.ok;
  });
}

/** `swoosh mesh recall --url`. Exit 1 where there is nothing. */
export function runRecallOverUrl(
  port: ConsolePort,
  query: string,
  flags: MemoryServerFlags & { readonly count: number },
): Promise<ExitCode> {
  return withReader(port, serverOf(flags), async (client) => {
    const found = await client.recall(query, { ...forOf(flags), limit: flags.count });
    for (const one of found) port.out(foundLine(one, flags.json));
    if (found.length > 0) return EXIT.ok;
    port.err(NOTHING_FOUND);
    return EXIT.no;
  });
}

/** Cut where passages end, so that the server finds the same ones. */
function groupsOf(passages: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let room = 0;
  for (const passage of passages) {
    const size = Buffer.byteLength(JSON.stringify(passage));
    const last = groups.at(-1);
    if (last === undefined || size > room) {
      groups.push([passage]);
      room = TOGETHER_BYTES;
    } else last.push(passage);
    room -= size;
  }
  return groups;
}

/** The server alone: a folder that the environment or a default names is not meant. */
function serverOf({ key, url }: MemoryServerFlags): {
  readonly url: string;
  readonly key?: string;
} {
  return { url, ...(key === undefined ? {} : { key }) };
}

function forOf(flags: MemoryServerFlags): { readonly for?: string } {
  return flags.for === undefined ? {} : { for: flags.for };
}
