import type { Command } from "commander";
import type { EncryptFlags } from "./run-config-encrypt.ts";
import type { DoctorFlags } from "./run-doctor.ts";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

/** `swoosh init`, `up`, `doctor` and `config`: a data folder and the server over it. */
export function addServerCommands(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("init")
    .description("make a data folder: keys, the first record, the shipped charts")
    .option("--data <dir>", "data folder (SWOOSH_DATA; .swoosh unless given)")
    .option("--name <name>", "name of the installation, the first part of its origin")
    .option("--charts <dir...>", "folders with charts beside the shipped ones")
    .option("--age-recipient <key...>", "encrypt the key files with age, for age1… keys")
    .option("--age-identity <file>", "age identity of this machine (SWOOSH_AGE_IDENTITY)")
    .option("--json", "the report as one JSON object")
    .action(async (flags: Record<string, unknown>) => {
      const { runInit } = await import("./run-init.ts");
      finish(await runInit(port, flags));
    });
  program
    .command("up")
    .description("start the server; one JSON line on standard output when it takes proposals")
    .option(
      "--data <dir>",
      "data folder (SWOOSH_DATA; .swoosh unless given); made where it is empty",
    )
    .option("--port <n>", "port; 0 picks one (8080, or the next free one, unless given)")
    .option("--host <address>", "address (127.0.0.1 unless given)")
    .option("--charts <dir...>", "folders with charts to install beside the shipped ones")
    .option("--name <name>", "name of a new installation")
    .option("--tls-cert <file>", "certificate in PEM")
    .option("--tls-key <file>", "its private key in PEM")
    .option("--insecure", "listen beyond the loopback without TLS")
    .option("--tenant-rate <n>", "proposals a second of one tenant; 0: no limit")
    .option("--stranger-rate <n>", "proposals a second of all unknown signers; 0: no limit")
    .option("--stranger-address-rate <n>", "of those at one address; 0: no limit")
    .option("--trusted-proxies <address...>", "proxies whose X-Forwarded-For is believed")
    .option("--snapshot-records <n>", "records after which a snapshot is taken")
    .option("--snapshot-copy-to <dir>", "folder that each snapshot is copied to")
    .option("--snapshot-hook <command>", "shell command that is run after each snapshot")
    .option("--snapshot-hook-seconds <n>", "seconds that the copy, and the hook, may take each")
    .option(
      "--journal-kind <kind>",
      "what a new data folder keeps its log in: file or level (LevelDB)",
    )
    .option("--segment-bytes <n>", "bytes of a new file of the log (growing to 64 MiB)")
    .option("--age-identity <file>", "age identity that opens encrypted keys and settings")
    .option("--projects", "drive projects: gateway for agents, driver, ingestion, providers")
    .option("--agents <n>", "agents that are started beside the server; implies --projects")
    .option("--beats-per-minute <n>", "of the built-in pulse; 0: somebody else beats")
    .option("--whoosh-callers <file>", "callers of WHOOSH that are answered (docs/whoosh.md)")
    .option("--whoosh-table <file>", "what their calls stand for; config/whoosh.yaml unless given")
    .option("--demo <source>", "drive this repository as project/demo, with three agents")
    .option("--once", "with --demo: stop when the project has ended or waits for a person")
    .option("--test-ports <file>", "tests alone: scripted clock, random numbers and keys")
    .option("--log-level <level>", "debug, info, warn or error")
    .option("--log-file <file>", "keep the log in a file too, for swoosh logs")
    .action(async (flags: Record<string, unknown>) => {
      const { runUp } = await import("./run-up.ts");
      finish(await runUp(port, flags));
    });
  program
    .command("doctor")
    .description(
      "say what is wrong with this installation; exit 1 where something is, 4 where data is damaged",
    )
    .option("--data <dir>", "data folder (SWOOSH_DATA; .swoosh unless given)")
    .option("--url <url>", "a running server (that of the settings unless given)")
    .option("--json", "the findings as one JSON object")
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import("./run-doctor.ts");
      finish(await runDoctor(port, flags));
    });
  addConfigCommands(program, port, finish);
}

function addConfigCommands(program: Command, port: ConsolePort, finish: Finish): void {
  const config = program
    .command("config")
    .description("print the effective settings with where each comes from; secrets masked")
    .option("--json", "as one JSON object")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runConfig } = await import("./run-config.ts");
      finish(await runConfig(port, json));
    });
  const recipient = [
    "--age-recipient <key...>",
    "for these age1… keys (that of this machine's identity unless given)",
  ] as const;
  config
    .command("encrypt")
    .description("encrypt one value in swoosh.config.yaml; the value comes by standard input")
    .argument("<name>", "the setting")
    .option(...recipient)
    .action(async (name: string, flags: EncryptFlags) => {
      const { runConfigEncrypt } = await import("./run-config-encrypt.ts");
      finish(await runConfigEncrypt(port, name, flags));
    });
  config
    .command("edit")
    .description("edit swoosh.config.yaml with $EDITOR; what is encrypted in it is open meanwhile")
    .option(...recipient)
    .action(async (flags: EncryptFlags) => {
      const { runConfigEdit } = await import("./run-config-edit.ts");
      finish(await runConfigEdit(port, flags));
    });
}
