import { Argument, type Command, Option } from "commander";
import { from1To, notEmpty, seconds, wholeNumber } from "../arguments.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { pathInRoot } from "../path-in-root.ts";
import { subjectOf } from "../subject.ts";
import { type Asked, JSON_OPTION, ROOT_OPTION, show } from "./shared.ts";

const SETTLED = {
  mine: (path: string) => `${path} has your version now; Dropbox keeps the other among its versions`,
  theirs: (path: string) => `${path} has the other version, as before; Dropbox keeps yours among those of the copy`,
  both: (path: string) => `your version is a file of its own now: ${path}`,
};

/** The commands that ask how things stand, and give the words that sync waits for. */
export function declareAsking(program: Command): void {
  program
    .command("status")
    .description("how things stand")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { statusOf } = await import("../commands/status.ts");
      const status = await statusOf(subjectOf(root));
      const { statusInWords } = await import("../words.ts");
      show(json, status, statusInWords(status, process.stdout.isTTY ? process.stdout.columns : 0));
    });

  program
    .command("wait")
    .description("end once both sides were seen equal and nothing is pending")
    .option(...ROOT_OPTION)
    .option("--timeout <seconds>", "end with 1 after so long", seconds, 60)
    .option(...JSON_OPTION)
    .action(async ({ root, timeout, json }: Asked & { timeout: number }) => {
      const { waitFor } = await import("../commands/wait.ts");
      const { same, status } = await waitFor(subjectOf(root), timeout, json !== true);
      if (json) console.log(JSON.stringify({ same, status }));
      const { ignoreProblemInWords, stateInWords } = await import("../words.ts");
      if (!same)
        throw new CommandError(
          EXIT.no,
          `not the same on both sides after ${timeout} s, ${stateInWords(status)}: see twinfold status`,
        );
      for (const one of status.ignoreProblems) console.error(ignoreProblemInWords(one));
    });

  program
    .command("plan")
    .description("what would be done, and why; changes nothing")
    .option("--root <dir>", "the folder", notEmpty)
    .option("--remote <path>", "the Dropbox folder, where nothing was started yet", notEmpty)
    .option(...JSON_OPTION)
    .action(async ({ root, remote, json }: Asked & { remote?: string }) => {
      const { planInWords, planOf } = await import("../commands/plan.ts");
      const report = await planOf(root, remote);
      show(json, report, planInWords(report));
    });

  program
    .command("why")
    .argument("<path>", "relative to the root", notEmpty)
    .description("why a path is as it is; relative to the root")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async (named: string, { root, json }: Asked) => {
      const subject = subjectOf(root);
      const answer = await subject.ask({ command: "why", path: pathInRoot(subject.root, named) });
      show(
        json,
        answer,
        [`${answer.path}: ${answer.state}`, answer.reason, ...(answer.fix ? [answer.fix.sentence] : [])].join("\n"),
      );
    });

  program
    .command("conflicts")
    .argument("[copy]", "a conflict copy, relative to the root", notEmpty)
    .description("conflict copies that are still beside their originals; with --keep, what becomes of one")
    .addOption(
      new Option(
        "--keep <which>",
        "mine: the copy's version, theirs: the other, both: the copy as a file of its own",
      ).choices(["mine", "theirs", "both"] satisfies (keyof typeof SETTLED)[]),
    )
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async (copy: string | undefined, { root, keep, json }: Asked & { keep?: keyof typeof SETTLED }) => {
      const subject = subjectOf(root);
      if (copy === undefined && keep === undefined) {
        const paths = await subject.ask({ command: "conflicts" });
        show(json, paths, paths.join("\n"));
        return;
      }
      if (copy === undefined)
        throw new CommandError(EXIT.usage, "--keep needs a conflict copy: twinfold conflicts lists");
      if (keep === undefined) throw new CommandError(EXIT.usage, "say which version with --keep: mine, theirs or both");
      const path = await subject.ask({ command: "settle", copy: pathInRoot(subject.root, copy), keep });
      show(json, { path }, SETTLED[keep](path));
    });

  program
    .command("held")
    .addArgument(new Argument("<choice>", "do them, or bring the files back").choices(["apply", "bring-back"]))
    .description("deletions that were held back: apply, or bring-back")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async (choice: "apply" | "bring-back", { root, json }: Asked) => {
      const held = await subjectOf(root).ask({ command: "held", choice: choice === "apply" ? "apply" : "bring back" });
      if (json) console.log(JSON.stringify({ held }));
      if (!held) throw new CommandError(EXIT.no, "no deletions are held back");
    });

  program
    .command("log")
    .description("what was done")
    .option(...ROOT_OPTION)
    .option("-n, --lines <count>", "the last so many lines", wholeNumber, 50)
    .option(...JSON_OPTION)
    .action(async ({ root, lines, json }: Asked & { lines: number }) => {
      const { logOf } = await import("../commands/log.ts");
      const logged = await logOf(subjectOf(root), lines);
      show(json, logged, logged.join("\n"));
    });

  program
    .command("history")
    .argument("<path>", "relative to the root", notEmpty)
    .description("the versions of a file that Dropbox has kept")
    .option(...ROOT_OPTION)
    .option("-n, --versions <count>", "the newest so many, 1 to 100", from1To(100), 10)
    .option(...JSON_OPTION)
    .action(async (path: string, { root, versions, json }: Asked & { versions: number }) => {
      const { historyInWords, historyOf } = await import("../commands/history.ts");
      const history = await historyOf(subjectOf(root), path, versions);
      show(json, history, historyInWords(history));
    });

  program
    .command("restore")
    .argument("<path>", "relative to the root", notEmpty)
    .description("bring back a version of a file, or what was deleted")
    .option(...ROOT_OPTION)
    .option("--rev <rev>", "the version, as twinfold history names it; needed where the file is there", notEmpty)
    .option(...JSON_OPTION)
    .action(async (path: string, { root, rev, json }: Asked & { rev?: string }) => {
      const { restore, restoredInWords } = await import("../commands/history.ts");
      const restored = await restore(subjectOf(root), path, rev);
      show(json, restored, restoredInWords(restored));
    });
}
