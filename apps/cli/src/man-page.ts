import type { Argument, Command, Option } from "commander";
import { EXIT, EXIT_MEANINGS } from "./exit-codes.ts";

/** Variables that the command reads. */
const ENVIRONMENT: readonly (readonly [name: string, about: string])[] = [
  [
    "TWINFOLD_HOME",
    "a folder with `config` (links, settings) and `state` (what was observed) in place of those under FILES",
  ],
  ["TWINFOLD_DROPBOX_URL", "a Dropbox-compatible server instead of Dropbox, such as `http://127.0.0.1:4001`"],
  ["TWINFOLD_REFRESH_TOKEN", "for `link`: links without a browser"],
  ["TWINFOLD_APP_SECRET", "for `link`: the secret of the Dropbox app, where it has one"],
  ["TWINFOLD_SOCKET", "set in an application of a server: the command is about that application's files"],
];

const FILES: readonly (readonly [path: string, about: string])[] = [
  ["~/.config/twinfold", "the link, its secrets sealed, the folders that were started, and the limits"],
  ["~/.local/share/twinfold", "what was observed of each folder, and logs; may be deleted whole while nothing runs"],
  ["~/.cache/twinfold", "what was compiled of the command; may be deleted at any time"],
  [".mignore", "at the top of a folder that is kept in sync: what stays out, written like a `.gitignore`"],
];

const EXAMPLES: readonly (readonly [line: string, about: string])[] = [
  ["twinfold link --app-key KEY", "Links a Dropbox: open the address that is printed, paste the code."],
  ["twinfold start --root ~/work --remote /Org/Space/Instance", "Keeps the two the same from now on."],
  ["twinfold wait --timeout 60 && twinfold status", "Waits until they are, and says so."],
  ["twinfold conflicts --json", "What two people have changed at once, for a program."],
];

/** The manual page, in the man macros of roff; made of the commands themselves. */
export function manPage(program: Command): string {
  const commands = program.commands.filter((one) => one.name() !== "help");
  const lines = [
    '.\\" Written by npm run man; change the commands, not this file.',
    `.TH TWINFOLD 1 "" "Twinfold ${program.version()}" "User Commands"`,
    ".SH NAME",
    roff("twinfold - keeps a folder and a folder in your Dropbox the same, both ways"),
    ".SH SYNOPSIS",
    ".B twinfold",
    "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
    ".SH DESCRIPTION",
    roff(
      "Twinfold keeps a folder on this machine and a folder in your Dropbox the same, both ways, typically within a second. One account is linked, and any number of folders are started; where one was, no command needs it named.",
    ),
    ".PP",
    roff(
      "In an application that a Twinfold server has started, the command is about that application's files and needs no options. What the server's pages are for is refused there.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap((one) => describe(one, "")),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT).flatMap(([name, code]) => item(`.B ${code}`, EXIT_MEANINGS[name as keyof typeof EXIT])),
    ".PP",
    roff("Every error is one line on standard error. `serve` ends with codes of its own, which its README lists."),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, about]) => item(`.B ${name}`, about)),
    ".SH FILES",
    ...FILES.flatMap(([path, about]) => item(`.I ${escaped(path)}`, about)),
    ".SH EXAMPLES",
    ...EXAMPLES.flatMap(([line, about]) => item(`.B ${escaped(line)}`, about)),
    ".SH SEE ALSO",
    ".BR gitignore (5),",
    ".BR systemd.unit (5)",
  ];
  return `${lines.join("\n")}\n`;
}

/** A command, or the commands in it. */
function describe(command: Command, before: string): string[] {
  const name = `${before}${command.name()}`;
  const below = command.commands.filter((one) => one.name() !== "help");
  const words = command.registeredArguments.map(argumentInWords).join(" ");
  const own = [
    `.SS "twinfold ${escaped(name)}${words === "" ? "" : ` ${words}`}"`,
    roff(`${upper(command.description())}.`),
    ...command.options.flatMap((one) => item(`.B ${optionInWords(one)}`, aboutOption(one))),
  ];
  // What has others in it does something by itself only where it takes options.
  const isOwn = below.length === 0 || command.options.length > 0;
  return [...(isOwn ? own : []), ...below.flatMap((one) => describe(one, `${name} `))];
}

function argumentInWords(one: Argument): string {
  const word =
    one.argChoices === undefined ? `\\fI${one.name().toUpperCase()}\\fR` : one.argChoices.map(escaped).join("|");
  return one.required ? word : `[${word}]`;
}

/** `--root DIR`, `-n, --lines COUNT`. */
function optionInWords({ flags, argChoices }: Option): string {
  const value = argChoices === undefined ? (word: string) => word.toUpperCase() : () => argChoices.join("|");
  return escaped(flags.replace(/<(.+)>/, (_, word: string) => value(word)));
}

function aboutOption({ description, defaultValue }: Option): string {
  const isTold = typeof defaultValue === "number" && defaultValue > 0;
  return isTold ? `${description} (${defaultValue} without)` : description;
}

const item = (term: string, about: string): string[] => [".TP", term, roff(about)];

const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A paragraph: words between backquotes as they are typed. */
function roff(text: string): string {
  const marked = escaped(text).replace(/`([^`]+)`/g, "\\fB$1\\fR");
  return /^[.']/.test(marked) ? `\\&${marked}` : marked;
}

/** What roff would take for more than a letter; a hyphen stays one that can be copied into a shell. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("~", "\\(ti")
    .replaceAll('"', "\\(dq");
}
