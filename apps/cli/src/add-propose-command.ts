import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** The options of `propose` as commander gives them. */
export interface ProposeFlags {
  readonly inputs?: string;
  readonly key?: string;
  readonly evidence?: readonly string[];
  readonly dryRun?: boolean;
  readonly idemKey?: string;
  readonly window?: string;
  readonly justification?: string;
  readonly redactable?: boolean;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The options of `redact` as commander gives them. */
export interface RedactFlags {
  readonly reason: string;
  readonly key?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The options of `rotate` as commander gives them. */
export interface RotateFlags {
  readonly key?: string;
  readonly ageRecipient?: readonly string[];
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const URL = [
  "--url <url>",
  "server (SWOOSH_URL; that of the data folder, else http://127.0.0.1:8080)",
] as const;
const DATA = [
  "--data <dir>",
  "the server of a data folder, or the folder itself while none runs on it",
] as const;

/** `swoosh propose`, one signed proposal, read again and sent again where that helps; `redact` and `rotate` are such. */
export function addProposeCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("propose")
    .description("sign and send a proposal; exit 1 where the answer is no")
    .argument("<instance>", "chart/id")
    .argument("<transition>", "a transition of its chart")
    .option("--inputs <json>", "inputs as JSON, or @file")
    .option(
      "--key <file>",
      "key file of the signer (SWOOSH_KEY; the operator's of --data unless given)",
    )
    .option("--evidence <uri...>", "what the decision rests on")
    .option("--dry-run", "the same verdict, and nothing is recorded")
    .option("--idem-key <key>", "goalId:beatIndex:opClass:uuid; made anew unless given")
    .option("--window <id>", "window that the proposal is meant for")
    .option("--justification <text>", "why; goes into the decision record")
    .option("--redactable", "the justification as a salted commitment; its text can be redacted")
    .option(...URL)
    .option(...DATA)
    .option("--json", "the answer as one JSON object")
    .action(async (instance: string, transition: string, flags: ProposeFlags) => {
      const { runPropose } = await import("./run-propose.ts");
      finish(await runPropose(port, { instance, transition, flags }));
    });
  program
    .command("redact")
    .description("erase evidence for good; the log, its hashes and its proofs stay as they are")
    .argument("<hash>", "of the evidence: sha256-… as a record names it")
    .requiredOption("--reason <text>", "why it must go; stands in the log, so it must not say it")
    .option(
      "--key <file>",
      "key file of an operator, a person (SWOOSH_KEY; the operator's of --data unless given)",
    )
    .option(...URL)
    .option(...DATA)
    .option("--json", "the answer as one JSON object")
    .action(async (hash: string, flags: RedactFlags) => {
      const { runRedact } = await import("./run-redact.ts");
      finish(await runRedact(port, hash, flags));
    });
  program
    .command("rotate")
    .description("give an identity a new key, signed for by the old one and the new one")
    .argument("<name>", "of the identity, such as operator")
    .option(
      "--key <file>",
      "its present key file (SWOOSH_KEY; the operator's of --data unless given)",
    )
    .option("--age-recipient <key...>", "encrypt the new key file with age, for age1… keys")
    .option(...URL)
    .option(...DATA)
    .option("--json", "the answer as one JSON object")
    .action(async (name: string, flags: RotateFlags) => {
      const { runRotate } = await import("./run-rotate.ts");
      finish(await runRotate(port, name, flags));
    });
}
