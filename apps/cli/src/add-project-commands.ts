import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";

export interface ProjectRunFlags {
  readonly instance?: string;
  readonly watch?: boolean;
  readonly url?: string;
  readonly data?: string;
  readonly key?: string;
  readonly agents?: string;
  readonly tempo?: string;
  readonly json?: boolean;
  readonly logLevel?: string;
}

export interface AgentUpFlags {
  readonly controller: string;
  readonly name: string;
  readonly key: string;
  readonly pool: string;
  readonly capabilities: readonly string[];
  readonly folder?: string;
  readonly blobs?: string;
  readonly hide?: readonly string[];
  readonly withParent?: boolean;
  readonly logLevel?: string;
}

/** `swoosh project` and `swoosh agent`. */
export function addProjectCommands(program: Command, port: ConsolePort, finish: Finish): void {
  const project = program
    .command("project")
    .description("drive repositories through the project chart");
  project
    .command("run")
    .description("take a repository from its sources to its end, or say what it waits for")
    .argument("<source>", "a directory, a git repository (path or URL), or a tar file")
    .option("--instance <id>", "project/ID (made of the source's name unless given)")
    .option("--watch", "one line for each transition")
    .option("--url <url>", "a running server (SWOOSH_URL); its fleet does the work")
    .option("--data <dir>", "a data folder of our own, served for this run with agents beside it")
    .option("--key <file>", "who begins the project (the folder's operator unless given)")
    .option("--agents <n>", "agents that are started beside --data", "3")
    .option("--tempo <n>", "beats a minute of the pulse beside --data", "120")
    .option("--json", "one JSON object for each transition, and one at the end")
    .option("--log-level <level>", "of what the server says: debug, info, warn or error", "error")
    .action(async (source: string, flags: ProjectRunFlags) => {
      const { runProject } = await import("./run-project.ts");
      finish(await runProject(port, source, flags));
    });
  const agent = program.command("agent").description("agents of the fleet");
  agent
    .command("up")
    .description("start an agent: it connects to a controller, and does what it is lent for")
    .requiredOption("--controller <url>", "the server, such as http://127.0.0.1:8080")
    .requiredOption("--name <name>", "of the agent's identity")
    .requiredOption("--key <file>", "its private key, PEM")
    .option("--pool <pool>", "that it belongs to", "main")
    .option("--capabilities <words...>", "roles that it fills; any: every one", ["any"])
    .option("--folder <dir>", "where its checkouts lie (a temporary one unless given)")
    .option("--blobs <dir>", "the server's store of evidence, where it is on this machine")
    .option("--hide <paths...>", "what its tasks may not see, beside its key and these folders")
    .option("--with-parent", "stop when standard input ends")
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .action(async (flags: AgentUpFlags) => {
      const { runAgentUp } = await import("./run-agent-up.ts");
      finish(await runAgentUp(port, flags));
    });
}
