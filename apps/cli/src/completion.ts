import type { Command } from "commander";
import { CommandError, EXIT } from "./exit-codes.ts";

/** One place in the tree of commands: what may be written after these words. */
interface Place {
  /** `""` for the program itself, `ignore add` for a command in a command. */
  readonly words: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly { readonly name: string; readonly about: string; readonly takesValue: boolean }[];
}

/** What a shell is to read so that Tab completes; made of the commands themselves. @throws CommandError */
export function completionFor(shell: string, program: Command): string {
  const places = placesIn(program, "");
  switch (shell) {
    case "bash":
      return bash(places);
    case "zsh":
      // zsh runs bash's completions as they are.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
    case "fish":
      return fish(places);
    default:
      throw new CommandError(EXIT.usage, `there is no completion for "${shell}": bash, zsh or fish`);
  }
}

function placesIn(command: Command, words: string): Place[] {
  const below = command.commands.filter((one) => one.name() !== "help");
  return [
    {
      words,
      commands: below.map((one) => ({ name: one.name(), about: one.description() })),
      options: command.options.flatMap(({ long, description, required }) =>
        long == null ? [] : [{ name: long, about: description, takesValue: required }],
      ),
    },
    ...below.flatMap((one) => placesIn(one, `${words} ${one.name()}`.trim())),
  ];
}

/** After an option that takes a value, and where nothing of ours fits, names of files are offered. */
function bash(places: readonly Place[]): string {
  const takesValue = new Set(
    places.flatMap(({ options }) => options.filter((one) => one.takesValue)).map(({ name }) => name),
  );
  const cases = places.map(({ words, commands, options }) => {
    const offered = [...commands, ...options].map(({ name }) => name).join(" ");
    return `    ${JSON.stringify(words)}) offered=${JSON.stringify(offered)} ;;`;
  });
  const known = places.map(({ words }) => words).filter((words) => words !== "");
  return `_twinfold() {
  local word at="" offered="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    case "$word" in
      ${known.map((words) => JSON.stringify(words)).join("|")}) at="$word" ;;
    esac
  done
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${[...takesValue].join("|")}) return ;;
  esac
  case "$at" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _twinfold twinfold`;
}

function fish(places: readonly Place[]): string {
  const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const lines = places.flatMap(({ words, commands, options }) => {
    const path = words === "" ? [] : words.split(" ");
    const others = commands.map(({ name }) => name).join(" ");
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const condition = [...seen, ...(others === "" ? [] : [`not __fish_seen_subcommand_from ${others}`])].join("; and ");
    return [
      ...commands.map(
        ({ name, about }) => `complete -c twinfold -n ${quoted(condition)} -f -a ${name} -d ${quoted(about)}`,
      ),
      ...options.map(
        ({ name, about, takesValue }) =>
          `complete -c twinfold -n ${quoted(condition)} -l ${name.slice(2)}${takesValue ? " -r" : ""} -d ${quoted(about)}`,
      ),
    ];
  });
  return lines.join("\n");
}
