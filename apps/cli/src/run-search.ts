import { existsSync } from "node:fs";
import { join } from "node:path";
import { canonicalize } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import type { SearchFlags } from "./add-search-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { countOf, withReader } from "./read-client.ts";

const HITS_DEFAULT = 20;

/** `swoosh search`: exit 1 where nothing has the words. */
export async function runSearch(
  port: ConsolePort,
  words: readonly string[],
  flags: SearchFlags,
): Promise<ExitCode> {
  const limit = countOf(port, "--limit", flags.limit);
  if (limit === null) return EXIT.usage;
  const paint = createPaint(port.colour.out);
  const no = (message: string): ExitCode => {
    port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(message)}\n`);
    return EXIT.no;
  };
  return withReader(port, { data: flags.data }, async (client) => {
    const found = await contentOf(client, flags.instance);
    if ("problem" in found) return no(found.problem);
    const { INDEX_FOLDER, indexFile, searchIndex } = await import("@swoosh/server/search");
    const file = indexFile(join(flags.data, INDEX_FOLDER), found.contentHash);
    if (!existsSync(file))
      return no(
        `${found.instance} is not indexed yet; swoosh why ${found.instance} says where it stands`,
      );
    // A word with a space in it came in quotes from the shell.
    const query = words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(" ");
    const hits = searchIndex(file, query, { hitsMax: limit ?? HITS_DEFAULT });
    for (const { hash, line, path, snippet } of hits)
      port.out(
        flags.json === true
          ? `${canonicalize({ hash, line, path, snippet })}\n`
          : `${paint.strong(plainText(path))}${line === 0 ? "" : `:${line}`}  ${plainText(snippet)}\n`,
      );
    return hits.length > 0 ? EXIT.ok : no(`no file of ${found.instance} has ${query}`);
  });
}

type Content =
  | { readonly instance: string; readonly contentHash: string }
  | { readonly problem: string };

async function contentOf(client: Client, given: string | undefined): Promise<Content> {
  const instance = given ?? (await onlyProject(client));
  if (typeof instance !== "string") return instance;
  const context = (await client.state(instance))?.state?.context;
  if (context === undefined)
    return {
      problem: `there is no ${instance}; swoosh instances --chart project lists what there is`,
    };
  const { content_hash: contentHash = "" } = Object(context["ingestion"]) as {
    readonly content_hash?: string;
  };
  if (contentHash === "") return { problem: `${instance} has no content yet` };
  return { instance, contentHash };
}

async function onlyProject(client: Client): Promise<string | { readonly problem: string }> {
  const names: string[] = [];
  for await (const { instance } of client.instances({ chart: "project" })) names.push(instance);
  const [only, ...others] = names;
  if (only === undefined) return { problem: "there is no project; swoosh project run begins one" };
  if (others.length === 0) return only;
  return {
    problem: `there are ${names.length} projects; --instance names one: ${names.slice(0, 6).join(", ")}`,
  };
}
