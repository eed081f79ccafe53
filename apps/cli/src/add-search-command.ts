import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

export interface SearchFlags {
  readonly instance?: string;
  readonly data: string;
  readonly limit?: string;
  readonly json?: boolean;
}

/** `swoosh search`. */
export function addSearchCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("search")
    .description("find files of a project's content by the words in them")
    .argument("<words...>", 'all of them; word* for a beginning, "a phrase" in quotes')
    .option("--instance <id>", "project/ID (the only project there is, unless given)")
    .option(
      "--data <dir>",
      "data folder, read-only, also while a server runs on it (SWOOSH_DATA)",
      process.env["SWOOSH_DATA"] ?? ".swoosh",
    )
    .option("--limit <n>", "how many at most (20 unless given, 100 at most)")
    .option("--json", "one JSON object a line")
    .action(async (words: readonly string[], flags: SearchFlags) => {
      const { runSearch } = await import("./run-search.ts");
      finish(await runSearch(port, words, flags));
    });
}
