import { Argument, type Command } from "commander";
import { notEmpty, positive, seconds, wholeNumber } from "../arguments.ts";
import { addFault } from "../commands/dropbox-local-faults.ts";
import { completionFor, SHELLS, type Shell } from "../completion.ts";
import { JSON_OPTION } from "./shared.ts";

/** The commands that serve, and what a shell needs of the command itself. */
export function declareServing(program: Command): void {
  program
    .command("dropbox-local")
    .description("a Dropbox-compatible server for this machine, in the foreground")
    .option("--port <port>", "0 picks a free one", wholeNumber, 0)
    .requiredOption("--data <dir>", "where it keeps everything", notEmpty)
    .option(
      "--profile <name>",
      "typical: as slow and as strict as Dropbox is; the options below change single figures",
      notEmpty,
    )
    .option("--latency <ms>", "delay each request", wholeNumber)
    .option("--commit-ms <ms>", "how long a write holds the namespace lock", wholeNumber)
    .option("--upload-rate <bytes>", "the most bytes in a second that an account's requests carry", positive)
    .option("--download-rate <bytes>", "the most bytes in a second that its answers carry", positive)
    .option("--requests-per-second <n>", "refuse what an app asks of an account beyond that", positive)
    .option(
      "--seed <what>",
      "fill its app's folder: FILESxBYTES, FILESxBYTES/FOLDERS, or a JSON file with a tree",
      notEmpty,
    )
    .option(
      "--fault <route=what>",
      "ROUTE=STATUS, =cut-before, =cut-after, =cut-midway or =corrupt, @RATE behind; repeatable",
      addFault,
    )
    .option("--ahead <seconds>", "how far its clock is ahead of the machine's", seconds)
    .option("--reset <snapshot>", "begin with all as it was in a snapshot", notEmpty)
    .option("--snapshot <name>", "save all as a snapshot once it is seeded", notEmpty)
    .option("--control", "answer the control API under /__control, to programs on this machine")
    .option("--stats", "the same, with counts of requests and bytes in GET /__control/stats")
    .option(...JSON_OPTION)
    .action(async (flags) => {
      const { dropboxLocal } = await import("../commands/dropbox-local.ts");
      await dropboxLocal(flags);
    });

  program
    .command("completion")
    .description("a script that completes the command's words")
    .addArgument(new Argument("<shell>", "what is to read it").choices(SHELLS))
    .action(async (shell: Shell) => {
      console.log(completionFor(shell, program));
    });

  program
    .command("serve")
    .description("the workspace server with its pages, as npm start")
    .action(async () => {
      await import("@twinfold/server");
      await new Promise(() => undefined);
    });
}
