import { parseArgs } from "node:util";
import { NO_LIMITS } from "./conditions.ts";
import { DropboxLocalError } from "./errors.ts";
import { DROPBOX_FIGURES } from "./figures.ts";
import type { ProfileName } from "./profiles.ts";
import type { DropboxLocalOptions } from "./settings.ts";

/** What the package's own command was told. */
export type CommandLine = { readonly help: true } | { readonly options: DropboxLocalOptions; readonly json: boolean };

/** Every figure and condition has an option of its name, so that none is forgotten: `quotaBytes` is `--quota-bytes`. */
const NUMBERS = [...Object.keys(DROPBOX_FIGURES), ...Object.keys(NO_LIMITS), "aheadSeconds"];

const optionOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws DropboxLocalError `bad-argument` */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parsed(args);
  if (values.help === true) return { help: true };
  const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  const dataFolder = text("data");
  if (dataFolder === undefined || dataFolder === "")
    throw new DropboxLocalError("bad-argument", "Say with --data in which folder everything is to be kept.");
  const numbers = NUMBERS.flatMap((name) => {
    const value = text(optionOf(name));
    return value === undefined ? [] : [[name, numberOf(optionOf(name), value)]];
  });
  const host = text("host");
  const profile = text("profile") as ProfileName | undefined;
  return {
    json: values.json === true,
    options: {
      dataFolder,
      port: numberOf("port", text("port") ?? "0"),
      ...(host === undefined ? {} : { host }),
      ...(profile === undefined ? {} : { profile }),
      ...Object.fromEntries(numbers),
      control: values.control === true || values.stats === true,
      stats: values.stats === true,
    },
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: "boolean" } as const;
  const word = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ help: flag, json: flag, control: flag, stats: flag, data: word, host: word, port: word, profile: word },
        ...Object.fromEntries(NUMBERS.map((name) => [optionOf(name), word])),
      } as Record<string, typeof flag | typeof word>,
    });
  } catch (error) {
    throw new DropboxLocalError("bad-argument", error instanceof Error ? error.message : String(error), error);
  }
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new DropboxLocalError("bad-argument", `--${option} takes a number, and ${text || "nothing"} is none.`);
  return value;
}

/** What `--help` says. */
export function helpText(): string {
  const lines = [
    ["--data DIR", "where everything is kept; needed"],
    ["--port PORT", "0, the default, picks a free one"],
    ["--host ADDRESS", "to listen on; 127.0.0.1 by default"],
    ["--profile NAME", "none, or typical: as slow and as strict as Dropbox is"],
    ["--json", "print the ready-made account's key and tokens as JSON"],
    ["--control", "answer the control API under /__control"],
    ["--stats", "the same, with counts of requests and bytes"],
    ...Object.entries({ ...DROPBOX_FIGURES, ...NO_LIMITS }).map(([name, value]) => [
      `--${optionOf(name)} N`,
      value === null ? "no limit by default" : `${value} by default`,
    ]),
    ["--ahead-seconds N", "how far its clock is ahead of the machine's"],
  ];
  const rows = lines.map(([option = "", meaning = ""]) => `  ${option.padEnd(34)}${meaning}`);
  return ["dropbox-local: a Dropbox-compatible server for this machine, in the foreground", "", ...rows].join("\n");
}
