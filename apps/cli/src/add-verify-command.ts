import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** The options of `verify` as commander gives them. */
export interface VerifyFlags {
  readonly data?: string;
  readonly url?: string;
  readonly signatures?: boolean;
  readonly originKey?: string;
  readonly leaf0?: string;
  readonly json?: boolean;
}

/** `swoosh verify`: a log decided again, from its first record on. */
export function addVerifyCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("verify")
    .description("replay a whole log and compare every hash; exit 1 names the first bad record")
    .option(
      "--data <dir>",
      "data folder (SWOOSH_DATA; .swoosh unless given), also while a server runs on it",
    )
    .option("--url <url>", "a running server instead; its checkpoint is checked too")
    .option("--signatures", "check every signature too")
    .option("--origin-key <key>", "pin: the node's key, as swoosh init printed it")
    .option("--leaf0 <hex>", "pin: the leaf of record 0, as swoosh init printed it")
    .option("--json", "the report as one JSON object")
    .action(async (flags: VerifyFlags) => {
      const { runVerify } = await import("./run-verify.ts");
      finish(await runVerify(port, flags));
    });
}
