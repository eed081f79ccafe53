import { InvalidArgumentError, Option, type Command } from "commander";
import type { Finish } from "../chart-command.ts";
import type { ConsolePort } from "../console-port.ts";
import type { EmbedderName } from "./choose-embedder.ts";

interface SharedFlags {
  readonly data: string;
  readonly embedder: EmbedderName;
  readonly embedderUrl?: string;
  readonly embedderModel?: string;
  readonly json?: boolean;
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
  ).action(async (what: string, flags: SharedFlags) => {
    const { runMeshRemember } = await import("./mesh-remember.ts");
    finish(await runMeshRemember(port, what, { ...flags, json: flags.json === true }));
  });
  withShared(
    mesh
      .command("recall")
      .description("find the memories most like a query; exit 1 where there are none")
      .argument("<query>", "words"),
  )
    .option("--count <n>", "how many, best first", readCount, 1)
    .action(async (query: string, flags: SharedFlags & { readonly count: number }) => {
      const { runMeshRecall } = await import("./mesh-remember.ts");
      finish(await runMeshRecall(port, query, { ...flags, json: flags.json === true }));
    });
  mesh
    .command("cells")
    .description("show the cells that hold memories; kill some to see what survives")
    .addOption(dataOption())
    .option("--kill <percent>", "let so many in a hundred of all cells die", readPercent)
    .option("--heal", "put new, empty cells in the places of the dead first")
    .option("--json", "one JSON line")
    .action(
      async (flags: {
        readonly data: string;
        readonly kill?: number;
        readonly heal?: boolean;
        readonly json?: boolean;
      }) => {
        const { runMeshCells } = await import("./mesh-remember.ts");
        finish(
          runMeshCells(port, { ...flags, heal: flags.heal === true, json: flags.json === true }),
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
    .option("--json", "one JSON object a line");
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
