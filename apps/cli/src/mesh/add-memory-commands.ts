import type { EmbedderName } from "@swoosh/server/memory";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { Finish } from "../chart-command.ts";
import type { ConsolePort } from "../console-port.ts";

interface SharedFlags {
  readonly data: string;
  readonly embedder: EmbedderName;
  readonly embedderUrl?: string;
  readonly embedderModel?: string;
  readonly json?: boolean;
  readonly url?: string;
  readonly key?: string;
  readonly for?: string;
}

/** `swoosh mesh remember`, `recall` and `cells`: memory over a data folder. */
export function addMemoryCommands(mesh: Command, port: ConsolePort, finish: Finish): void {
  withShared(
    mesh
      .command("remember")
      .description("put a memory in: into a cell of the mesh, and durably on disk")
      .argument(
        "<text|file>",
        "words, a text file (each passage by itself), or - for standard input",
      ),
  ).action(async (what: string, flags: SharedFlags, command: Command) => {
    refuseBoth(command);
    const json = flags.json === true;
    if (flags.url !== undefined) {
      const { runRememberOverUrl } = await import("./memory-over-url.ts");
      return finish(await runRememberOverUrl(port, what, { ...flags, url: flags.url, json }));
    }
    const { runMeshRemember } = await import("./mesh-remember.ts");
    finish(await runMeshRemember(port, what, { ...flags, json }));
  });
  withShared(
    mesh
      .command("recall")
      .description("find the memories most like a query; exit 1 where there are none")
      .argument("<query>", "words"),
  )
    .option("--count <n>", "how many, best first", readCount, 1)
    .action(
      async (query: string, flags: SharedFlags & { readonly count: number }, command: Command) => {
        refuseBoth(command);
        const json = flags.json === true;
        if (flags.url !== undefined) {
          const { runRecallOverUrl } = await import("./memory-over-url.ts");
          return finish(await runRecallOverUrl(port, query, { ...flags, url: flags.url, json }));
        }
        const { runMeshRecall } = await import("./mesh-remember.ts");
        finish(await runMeshRecall(port, query, { ...flags, json }));
      },
    );
  mesh
    .command("cells")
    .description("show the cells that hold memories; kill some to see what survives")
    .addOption(dataOption())
    .addOption(forOption())
    .option("--kill <percent>", "let so many in a hundred of all cells die", readPercent)
    .option("--heal", "put new, empty cells in the places of the dead first")
    .option("--json", "one JSON line")
    .action(
      async (flags: {
        readonly data: string;
        readonly for?: string;
        readonly kill?: number;
        readonly heal?: boolean;
        readonly json?: boolean;
      }) => {
        const { runMeshCells } = await import("./mesh-remember.ts");
        finish(
          await runMeshCells(port, {
            ...flags,
            heal: flags.heal === true,
            json: flags.json === true,
          }),
        );
      },
    );
}

function withShared(command: Command): Command {
  return command
    .addOption(dataOption())
    .addOption(
      new Option(
        "--embedder <name>",
        "ngrams is built in and lexical; ollama and openai ask a server",
      )
        .choices(["ngrams", "ollama", "openai"])
        .default("ngrams")
        .env("SWOOSH_EMBEDDER"),
    )
    .addOption(
      new Option("--embedder-url <url>", "where the server is")
        .argParser(readUrl)
        .env("SWOOSH_EMBEDDER_URL"),
    )
    .addOption(
      new Option(
        "--embedder-model <name>",
        "its model; default nomic-embed-text or text-embedding-3-small",
      ).env("SWOOSH_EMBEDDER_MODEL"),
    )
    .addOption(
      new Option("--url <url>", "ask a server, which has an embedder of its own").argParser(
        readUrl,
      ),
    )
    .option("--key <file>", "who asks the server; remembering there needs it")
    .addOption(forOption())
    .option("--json", "one JSON object a line");
}

/** A server has its own folder and its own embedder; what the environment says of ours is not meant for it. */
function refuseBoth(command: Command): void {
  if (command.opts()["url"] === undefined) return;
  for (const name of ["data", "embedder", "embedderUrl", "embedderModel"])
    if (command.getOptionValueSource(name) === "cli")
      command.error(
        "error: --url asks a server, which has a folder and an embedder of its own; leave --data and --embedder out",
      );
}

function forOption(): Option {
  return new Option(
    "--for <instance>",
    "whose memory: chart/id; else that of the node itself",
  ).argParser((text: string) => {
    if (/^[a-z][a-z0-9_-]{0,31}\/[A-Za-z0-9_-]{1,128}$/.test(text)) return text;
    throw new InvalidArgumentError("It takes an instance, chart/id.");
  });
}

function dataOption(): Option {
  return new Option("--data <dir>", "data folder").default(".swoosh").env("SWOOSH_DATA");
}

function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError("It takes a URL that begins with http:// or https://.");
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number from 1 to 9999.");
}

function readPercent(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError("It takes a whole number from 0 to 100.");
}
