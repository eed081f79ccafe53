import { spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { text } from "node:stream/consumers";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
/** What a person's shell finds of this repository in a fresh clone after its installation. */
const SEEN = ["node_modules", "tools"] as const;

/**
 * Pastes commands into an interactive bash on a terminal of its own, in `folder`, and gives all that the terminal showed. The
 * folder may be empty: it gets what the commands take from the repository. Everything is the system's own (bash, Node, npx), and
 * npx may not fetch. What is pasted must end the shell.
 */
export async function pasted(
  commands: string,
  about: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): Promise<string> {
  for (const name of SEEN) symlinkSync(join(REPOSITORY, name), join(about.folder, name));
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const child = spawn("script", ["-qec", "bash --norc --noprofile -i", "/dev/null"], {
    cwd: about.folder,
    env: {
      ...process.env,
      PATH: path.filter((part) => !part.includes("node_modules")).join(delimiter),
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
      NO_COLOR: "1",
      TERM: "dumb",
      ...about.environment,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.write(commands);
  return text(child.stdout);
}
