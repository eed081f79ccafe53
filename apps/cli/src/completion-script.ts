import { unreachable } from "@swoosh/kernel/values";

/** What can stand behind one command: `path` is `chart check`; the program itself is ``. */
export interface Completion {
  readonly path: string;
  /** Subcommands, or what the argument can be; none: files. */
  readonly words: readonly string[];
  readonly options: readonly string[];
  /** Options that take a value; without choices: files. */
  readonly values: readonly { readonly option: string; readonly choices: readonly string[] }[];
}

export type Shell = "bash" | "zsh" | "fish";

export function completionScript(shell: Shell, completions: readonly Completion[]): string {
  switch (shell) {
    case "bash":
      return bashScript(completions);
    case "zsh":
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(completions)}`;
    case "fish":
      return fishScript(completions);
    default:
      return unreachable(shell);
  }
}

/** Words are subcommands as long as they are known ones; what follows is an argument. */
function bashScript(completions: readonly Completion[]): string {
  const paths = completions.flatMap(({ path }) => (path === "" ? [] : [`"${path}"`]));
  const commands = completions.map(
    ({ path, words, options }) =>
      `    "${path}") words="${words.join(" ")}" options="${options.join(" ")}" ;;`,
  );
  const values = completions.flatMap((completion) =>
    completion.values.map(
      ({ option, choices }) =>
        `    "${`${completion.path} ${option}`.trim()}") words="${choices.join(" ")}" options="" ;;`,
    ),
  );
  return `_swoosh() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" next="" words="" options="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
      ${paths.join("|")}) path="$next" ;;
    esac
  done
  case "$path" in
${commands.join("\n")}
  esac
  case "\${path:+$path }$before" in
${values.join("\n")}
  esac
  case "$word" in
    -*) words="$options" ;;
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _swoosh swoosh
`;
}

function fishScript(completions: readonly Completion[]): string {
  const lines = completions.flatMap((completion) => {
    const condition = `test "$(__swoosh_path)" = "${completion.path}"`;
    const words =
      completion.words.length === 0
        ? []
        : [`complete -c swoosh -n '${condition}' -f -a '${completion.words.join(" ")}'`];
    const options = completion.options.map((option) => {
      const value = completion.values.find((one) => one.option === option);
      const argument =
        value === undefined
          ? ""
          : value.choices.length === 0
            ? " -rF"
            : ` -rfa '${value.choices.join(" ")}'`;
      return `complete -c swoosh -n '${condition}' -l ${option.slice(2)}${argument}`;
    });
    return [...words, ...options];
  });
  const paths = completions.flatMap(({ path }) => (path === "" ? [] : [`'${path}'`]));
  return `function __swoosh_path
  set -l path ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$path $word")
    if contains -- "$next" ${paths.join(" ")}
      set path "$next"
    end
  end
  echo "$path"
end
${lines.join("\n")}
`;
}
