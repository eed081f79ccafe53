import type { Command } from "commander";
import type { ReadFlags } from "./add-read-commands.ts";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

export interface JournalFlags extends ReadFlags {
  readonly from?: string;
  readonly limit?: string;
  readonly follow?: boolean;
}

/** `swoosh journal cat` and `tail`. */
export function addJournalCommand(program: Command, port: ConsolePort, finish: Finish): void {
  const journal = program
    .command("journal")
    .description("the log itself, record by record; over --data also while a server runs there");
  reading(journal, "cat", "records in order")
    .option("--from <index>", "from this record on (0 unless given)")
    .option("--limit <n>", "how many at most (all unless given)")
    .action(async (flags: JournalFlags) => {
      const { runJournalCat } = await import("./run-journal.ts");
      finish(await runJournalCat(port, flags));
    });
  reading(journal, "tail", "the last records")
    .option("--limit <n>", "how many (10 unless given)")
    .option("--follow", "and every new one, until Ctrl-C; from a server")
    .action(async (flags: JournalFlags) => {
      const { runJournalTail } = await import("./run-journal.ts");
      finish(await runJournalTail(port, flags));
    });
}

function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option(
      "--url <url>",
      "server (SWOOSH_URL; that of the data folder, else http://127.0.0.1:8080)",
    )
    .option("--data <dir>", "straight from a data folder, read-only")
    .option("--key <file>", "key file to open a session with, for a server afar (SWOOSH_KEY)")
    .option("--json", "the exact bytes of each record, one a line");
}
