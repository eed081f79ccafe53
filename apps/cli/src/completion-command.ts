import { Argument, type Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { Completion, Shell } from "./completion-script.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT } from "./exit-code.ts";

const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** `swoosh completion SHELL`: a script for bash, zsh or fish, made from the commands themselves. */
export function addCompletionCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("completion")
    .description('print a completion script: eval "$(swoosh completion bash)"')
    .addArgument(new Argument("<shell>", "where it is to work").choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionScript } = await import("./completion-script.ts");
      port.out(completionScript(shell, completionsOf(program)));
      finish(EXIT.ok);
    });
}

/** What can stand behind each command. */
export function completionsOf(program: Command): readonly Completion[] {
  const completions: Completion[] = [];
  const visit = (command: Command, path: string): void => {
    const subcommands = command.commands.map((child) => child.name());
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    completions.push({
      path,
      words: [...subcommands, ...choices],
      options: [...command.options.flatMap(({ long }) => long ?? []), "--help"],
      values: command.options
        .filter(({ required, optional }) => required || optional)
        .map(({ long, argChoices }) => ({ option: long ?? "", choices: argChoices ?? [] })),
    });
    for (const child of command.commands) visit(child, `${path} ${child.name()}`.trim());
  };
  visit(program, "");
  return completions;
}
