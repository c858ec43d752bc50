import { Command } from "commander";
import { declareAsking } from "./asking.ts";
import { declareIgnoring } from "./ignoring.ts";
import { declareKeeping } from "./keeping.ts";
import { declareLimiting } from "./limiting.ts";
import { declareServing } from "./serving.ts";

/** The command with all that it can do: what its help, its man page and the completion of shells are made of. */
export function createProgram(): Command {
  const program = new Command("twinfold")
    .description("Keeps a folder and a folder in your Dropbox the same, both ways.")
    .version("0.1.0")
    .exitOverride()
    .configureOutput({
      // One line, also with a suggestion.
      outputError: (text, write) =>
        write(
          `twinfold: ${text
            .replace(/^error: /, "")
            .trim()
            .replace(/\s*\n\s*/g, " ")}\n`,
        ),
    });

  declareKeeping(program);
  declareAsking(program);
  declareIgnoring(program);
  declareLimiting(program);
  declareServing(program);
  return program;
}
