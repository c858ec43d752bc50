import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** One place in the tree of commands: what may be written after these words. */
interface Place {
  /** `""` for the program itself, `ignore add` for a command in a command. */
  readonly words: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly PlaceOption[];
  /** What an argument can be, where that is a choice of words. */
  readonly choices: readonly string[];
}

interface PlaceOption {
  readonly name: string;
  readonly about: string;
  readonly takesValue: boolean;
  /** What its value can be; empty where that is no choice of words. */
  readonly choices: readonly string[];
}

/** What a shell is to read so that Tab completes; made of the commands themselves. */
export function completionFor(shell: Shell, program: Command): string {
  const places = placesIn(program, "");
  switch (shell) {
    case "bash":
      return bash(places);
    case "zsh":
      // zsh runs bash's completions as they are.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
    case "fish":
      return fish(places);
  }
}

function placesIn(command: Command, words: string): Place[] {
  const below = command.commands.filter((one) => one.name() !== "help");
  return [
    {
      words,
      commands: below.map((one) => ({ name: one.name(), about: one.description() })),
      options: command.options.flatMap(({ long, description, required, argChoices }) =>
        long == null ? [] : [{ name: long, about: description, takesValue: required, choices: argChoices ?? [] }],
      ),
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...below.flatMap((one) => placesIn(one, `${words} ${one.name()}`.trim())),
  ];
}

/** After an option that takes a value, and where nothing of ours fits, names of files are offered. */
function bash(places: readonly Place[]): string {
  const withValue = places.flatMap(({ options }) => options.filter((one) => one.takesValue));
  const free = new Set(withValue.filter(({ choices }) => choices.length === 0).map(({ name }) => name));
  const values = withValue
    .filter(({ choices }) => choices.length > 0)
    .map(
      ({ name, choices }) =>
        `    ${name}) COMPREPLY=($(compgen -W ${JSON.stringify(choices.join(" "))} -- "$current")); return ;;`,
    );
  const cases = places.map(({ words, commands, options, choices }) => {
    const offered = [...choices, ...[...commands, ...options].map(({ name }) => name)].join(" ");
    return `    ${JSON.stringify(words)}) offered=${JSON.stringify(offered)} ;;`;
  });
  const known = places.map(({ words }) => words).filter((words) => words !== "");
  return `_twinfold() {
  local word at="" offered="" current="\${COMP_WORDS[COMP_CWORD]}" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    case "$word" in
      ${known.map((words) => JSON.stringify(words)).join("|")}) at="$word" ;;
    esac
  done
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${[...free].join("|")}) return ;;
${values.join("\n")}
  esac
  case "$at" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _twinfold twinfold`;
}

function fish(places: readonly Place[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const lines = places.flatMap(({ words, commands, options, choices: own }) => {
    const path = words === "" ? [] : words.split(" ");
    const others = commands.map(({ name }) => name).join(" ");
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const condition = [...seen, ...(others === "" ? [] : [`not __fish_seen_subcommand_from ${others}`])].join("; and ");
    return [
      ...commands.map(
        ({ name, about }) => `complete -c twinfold -n ${quoted(condition)} -f -a ${name} -d ${quoted(about)}`,
      ),
      ...(own.length === 0 ? [] : [`complete -c twinfold -n ${quoted(condition)} -f -a ${quoted(own.join(" "))}`]),
      ...options.map(({ name, about, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : takesValue ? " -r" : "";
        return `complete -c twinfold -n ${quoted(condition)} -l ${name.slice(2)}${value} -d ${quoted(about)}`;
      }),
    ];
  });
  return lines.join("\n");
}
