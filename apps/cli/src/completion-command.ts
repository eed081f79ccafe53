import type { Command } from "commander";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT } from "./exit-code.ts";

/** `swoosh completion SHELL`: a script for bash, zsh or fish, made from the commands themselves. */
export function addCompletionCommand(program: Command, port: ConsolePort, finish: Finish): void {
  program
    .command("completion")
    .description('print a completion script: eval "$(swoosh completion bash)"')
    .argument("<shell>", "bash, zsh or fish")
    .action((shell: string) => {
      const words = wordsByCommand(program);
      const script = scriptFor(shell, words);
      if (script === undefined) {
        port.err(`swoosh: no completion for "${shell}"; use bash, zsh or fish\n`);
        finish(EXIT.usage);
        return;
      }
      port.out(script);
      finish(EXIT.ok);
    });
}

/** Command path (`chart check`; the program itself is ``) → subcommands and options. */
function wordsByCommand(program: Command): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: string): void => {
    const options = command.options.flatMap((option) => (option.long ? [option.long] : []));
    words.set(path, [...command.commands.map((child) => child.name()), ...options]);
    for (const child of command.commands) visit(child, `${path} ${child.name()}`.trim());
  };
  visit(program, "");
  return words;
}

function scriptFor(
  shell: string,
  words: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const cases = [...words]
    .map(([path, list]) => `    "${path}") words="${list.join(" ")}" ;;`)
    .join("\n");
  const bash = `_swoosh() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _swoosh swoosh
`;
  if (shell === "bash") return bash;
  if (shell === "zsh") return `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
  if (shell !== "fish") return undefined;
  return [...words]
    .map(([path, list]) => {
      const condition =
        path === ""
          ? "__fish_use_subcommand"
          : `__fish_seen_subcommand_from ${path.split(" ").at(-1)}`;
      return `complete -c swoosh -n '${condition}' -a '${list.join(" ")}'\n`;
    })
    .join("");
}
