#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { askSession, type ControlAnswers, type ControlRequest } from "@twinfold/session/control";
import { Command, CommanderError } from "commander";
import { from1To, notEmpty, positive, seconds, wholeNumber } from "./arguments.ts";
import { chooseRoot } from "./choose-root.ts";
import { addFault } from "./commands/dropbox-local-faults.ts";
import type { StartFlags } from "./commands/start.ts";
import { openConfig } from "./config.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { openHome, socketPath } from "./home.ts";

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

const ROOT_OPTION = ["--root <dir>", "the folder; needed only where several were started", notEmpty] as const;
const JSON_OPTION = ["--json", "print JSON"] as const;

/** What the command works with: opened by those commands that need it. */
function open() {
  const home = openHome();
  return { home, config: openConfig(home) };
}

/** Asks the daemon of the root that is meant. @throws CommandError when none runs */
async function ask<R extends ControlRequest>(
  root: string | undefined,
  asked: R,
): Promise<ControlAnswers[R["command"]]> {
  const { home, config } = open();
  const chosen = chooseRoot(config, root);
  const answer = await askSession(socketPath(home, chosen.root), asked);
  if (answer === undefined) throw new CommandError(EXIT.no, `nothing runs for ${chosen.root}: twinfold start`);
  return answer;
}

program
  .command("link")
  .description("link a Dropbox account")
  .requiredOption(
    "--app-key <key>",
    "the key of your Dropbox app; TWINFOLD_APP_SECRET holds its secret, where it has one",
    notEmpty,
  )
  .action(async ({ appKey }: { appKey: string }) => {
    const { link } = await import("./commands/link.ts");
    const { home, config } = open();
    console.log(await link(home, config, appKey));
  });

program
  .command("unlink")
  .description("forget the link, and end it at Dropbox; files stay")
  .action(async () => {
    const { unlink } = await import("./commands/link.ts");
    const { home, config } = open();
    console.log(await unlink(home, config));
  });

program
  .command("start")
  .description("begin to keep a folder and a Dropbox folder the same")
  .option("--root <dir>", "the folder", notEmpty)
  .option("--remote <path>", "the Dropbox folder, as in /A/B/C", notEmpty)
  .option("--foreground", "run in this process, until Ctrl-C")
  .option("--yes-delete", "in this run, do the deletions that would be held back: for scripts")
  .action(async (flags: StartFlags) => {
    const { start } = await import("./commands/start.ts");
    const { home, config } = open();
    await start(home, config, flags);
  });

program
  .command("stop")
  .description("finish what is under way, and end")
  .option(...ROOT_OPTION)
  .action(async ({ root }: { root?: string }) => {
    const { stopDaemon } = await import("./daemon.ts");
    const { home, config } = open();
    console.log((await stopDaemon(home, chooseRoot(config, root))) ? "stopped" : "nothing ran");
  });

program
  .command("forget")
  .description("stop, and let go of a folder; files stay on both sides")
  .option(...ROOT_OPTION)
  .action(async ({ root }: { root?: string }) => {
    const { forget } = await import("./commands/forget.ts");
    const { home, config } = open();
    console.log(await forget(home, config, chooseRoot(config, root)));
  });

for (const [name, description] of [
  ["pause", "sync nothing until resumed"],
  ["resume", "go on, and try again what failed"],
] as const) {
  program
    .command(name)
    .description(description)
    .option(...ROOT_OPTION)
    .action(async ({ root }: { root?: string }) => {
      const { home, config } = open();
      const chosen = { ...chooseRoot(config, root), paused: name === "pause" };
      config.saveRoot(chosen);
      const answer = await askSession(socketPath(home, chosen.root), { command: name });
      console.log(answer === undefined ? `${name}d from the next start on: nothing runs now` : `${name}d`);
    });
}

program
  .command("status")
  .description("how things stand")
  .option(...ROOT_OPTION)
  .option(...JSON_OPTION)
  .action(async ({ root, json }: { root?: string; json?: boolean }) => {
    const { home, config } = open();
    const { statusOf } = await import("./commands/status.ts");
    const status = await statusOf(home, config, chooseRoot(config, root));
    const { statusInWords } = await import("./words.ts");
    console.log(json ? JSON.stringify(status) : statusInWords(status));
  });

program
  .command("wait")
  .description("end once both sides were seen equal and nothing is pending")
  .option(...ROOT_OPTION)
  .option("--timeout <seconds>", "end with 1 after so long", seconds, 60)
  .action(async ({ root, timeout }: { root?: string; timeout: number }) => {
    const quiet = await ask(root, { command: "wait", seconds: timeout });
    if (!quiet) throw new CommandError(EXIT.no, `not the same on both sides after ${timeout} s: see twinfold status`);
    const { ignoreProblemInWords } = await import("./words.ts");
    const { ignoreProblems } = await ask(root, { command: "status" });
    for (const one of ignoreProblems) console.error(ignoreProblemInWords(one));
  });

program
  .command("plan")
  .description("what would be done, and why; changes nothing")
  .option("--root <dir>", "the folder", notEmpty)
  .option("--remote <path>", "the Dropbox folder, where nothing was started yet", notEmpty)
  .option(...JSON_OPTION)
  .action(async (flags: { root?: string; remote?: string; json?: boolean }) => {
    const { plan } = await import("./commands/plan.ts");
    const { home, config } = open();
    await plan(home, config, flags);
  });

program
  .command("why")
  .argument("<path>", "relative to the root", notEmpty)
  .description("why a path is as it is; relative to the root")
  .option(...ROOT_OPTION)
  .option(...JSON_OPTION)
  .action(async (path: string, { root, json }: { root?: string; json?: boolean }) => {
    const answer = await ask(root, { command: "why", path: path.replace(/^\.\//, "").replace(/\/+$/, "") });
    console.log(json ? JSON.stringify(answer) : `${answer.path}: ${answer.state}\n${answer.reason}`);
  });

program
  .command("conflicts")
  .description("conflict copies that are still beside their originals")
  .option(...ROOT_OPTION)
  .option(...JSON_OPTION)
  .action(async ({ root, json }: { root?: string; json?: boolean }) => {
    const paths = await ask(root, { command: "conflicts" });
    console.log(json ? JSON.stringify(paths) : paths.join("\n"));
  });

program
  .command("held <choice>")
  .description("deletions that were held back: apply, or bring-back")
  .option(...ROOT_OPTION)
  .action(async (choice: string, { root }: { root?: string }) => {
    if (choice !== "apply" && choice !== "bring-back")
      throw new CommandError(EXIT.usage, `"${choice}" is not a choice: apply, or bring-back`);
    const held = await ask(root, { command: "held", choice: choice === "apply" ? "apply" : "bring back" });
    if (!held) throw new CommandError(EXIT.no, "no deletions are held back");
  });

const ignore = program.command("ignore").description("the ignore file, .mignore");
ignore
  .command("list")
  .description("its lines, and what is wrong with one")
  .option(...ROOT_OPTION)
  .action(async ({ root }: { root?: string }) => {
    const { ignoreList } = await import("./commands/ignore.ts");
    console.log(ignoreList(chooseRoot(open().config, root).root));
  });
ignore
  .command("add")
  .description("leave out what a pattern matches; what is in Dropbox already stays there")
  .argument("<pattern>", "as in a .gitignore", notEmpty)
  .option(...ROOT_OPTION)
  .option("--remove-from-dropbox", "take out of Dropbox what it matches and the disk has; asks first")
  .option("--yes", "do not ask")
  .action(async (pattern: string, flags: { root?: string; removeFromDropbox?: boolean; yes?: boolean }) => {
    const { home, config } = open();
    const root = chooseRoot(config, flags.root);
    if (flags.removeFromDropbox) {
      const { ignoreAndRemove } = await import("./commands/ignore-and-remove.ts");
      console.log(await ignoreAndRemove(home, root, pattern, flags.yes ?? false));
      return;
    }
    const { ignoreAdd } = await import("./commands/ignore.ts");
    console.log(ignoreAdd(root.root, pattern));
  });
ignore
  .command("test")
  .description("the rule that leaves a path out; ends with 1 when none does")
  .argument("<path>", "relative to the root", notEmpty)
  .option(...ROOT_OPTION)
  .action(async (path: string, { root }: { root?: string }) => {
    const { ignoreTest } = await import("./commands/ignore.ts");
    const rule = ignoreTest(chooseRoot(open().config, root).root, path);
    if (rule === null) throw new CommandError(EXIT.no, `${path} is synced: no rule matches`);
    console.log(rule);
  });

program
  .command("log")
  .description("what the daemon did")
  .option(...ROOT_OPTION)
  .option("-n, --lines <count>", "the last so many lines", wholeNumber, 50)
  .action(async ({ root, lines }: { root?: string; lines: number }) => {
    const { logFile } = await import("./daemon.ts");
    const { home, config } = open();
    const file = logFile(home, chooseRoot(config, root).root);
    if (!existsSync(file)) throw new CommandError(EXIT.no, "nothing was logged yet");
    const text = readFileSync(file, "utf8").trimEnd();
    if (lines > 0) console.log(text.split("\n").slice(-lines).join("\n"));
  });

program
  .command("history")
  .argument("<path>", "relative to the root", notEmpty)
  .description("the versions of a file that Dropbox has kept")
  .option(...ROOT_OPTION)
  .option("-n, --versions <count>", "the newest so many, 1 to 100", from1To(100), 10)
  .option(...JSON_OPTION)
  .action(async (path: string, flags: { root?: string; versions: number; json?: boolean }) => {
    const { historyInWords, historyOf } = await import("./commands/history.ts");
    const { home, config } = open();
    const history = await historyOf(home, config, chooseRoot(config, flags.root), path, flags.versions);
    console.log(flags.json ? JSON.stringify(history) : historyInWords(history));
  });

program
  .command("restore")
  .argument("<path>", "relative to the root", notEmpty)
  .description("bring back a version of a file, or what was deleted")
  .option(...ROOT_OPTION)
  .option("--rev <rev>", "the version, as twinfold history names it; needed where the file is there", notEmpty)
  .option(...JSON_OPTION)
  .action(async (path: string, flags: { root?: string; rev?: string; json?: boolean }) => {
    const { restore, restoredInWords } = await import("./commands/history.ts");
    const { home, config } = open();
    const restored = await restore(home, config, chooseRoot(config, flags.root), path, flags.rev);
    console.log(flags.json ? JSON.stringify(restored) : restoredInWords(restored));
  });

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
    const { dropboxLocal } = await import("./commands/dropbox-local.ts");
    await dropboxLocal(flags);
  });

program
  .command("completion")
  .description("a script that completes the command's words")
  .argument("<shell>", "bash, zsh or fish")
  .action(async (shell: string) => {
    const { completionFor } = await import("./completion.ts");
    console.log(completionFor(shell, program));
  });

program
  .command("serve")
  .description("the workspace server with its pages, as npm start")
  .action(async () => {
    await import("@twinfold/server");
    await new Promise(() => undefined);
  });

program.parseAsync().then(
  () => process.exit(EXIT.ok),
  async (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    const { describeFailure } = await import("./failure.ts");
    const { exitCode, message } = describeFailure(error);
    console.error(`twinfold: ${message}`);
    process.exit(exitCode);
  },
);
