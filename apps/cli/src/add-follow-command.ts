import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** The options of `follow` as commander gives them. */
export interface FollowFlags {
  readonly data: string;
  readonly port?: string;
  readonly key?: string;
  readonly originKey?: string;
  readonly leaf0?: string;
  readonly tlsCa?: string;
  readonly batch?: string;
}

/** `swoosh follow`: a copy of a log that checks what it copies. */
export function addFollowCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("follow")
    .description(
      "follow a server's log: decide each record again, keep it, cosign, serve stale reads",
    )
    .argument("<url>", "the server; https, or plain http on the loopback")
    .requiredOption("--data <dir>", "the follower's own folder; made where it is missing")
    .option("--port <n>", "port of its reads on the loopback; 0 picks one (0 unless given)")
    .option("--key <file>", "key file of an auditor, to open a session with (SWOOSH_KEY)")
    .option("--origin-key <key>", "pin: the node's key, as swoosh init printed it")
    .option("--leaf0 <hex>", "pin: the leaf of record 0, as swoosh init printed it")
    .option("--tls-ca <file>", "certificates in PEM to trust beside the system's")
    .option("--batch <n>", "records that are taken together (1000 unless given)")
    .action(async (url: string, flags: FollowFlags) => {
      const { runFollow } = await import("./run-follow.ts");
      finish(await runFollow(port, url, flags));
    });
}
