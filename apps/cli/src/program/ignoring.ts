import type { Command } from "commander";
import { notEmpty } from "../arguments.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { subjectOf } from "../subject.ts";
import { type Asked, JSON_OPTION, ROOT_OPTION, show } from "./shared.ts";

/** The commands about the ignore file. */
export function declareIgnoring(program: Command): void {
  const ignore = program.command("ignore").description("the ignore file, .mignore");
  ignore
    .command("list")
    .description("its lines, and what is wrong with one")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { ignoreList, listInWords } = await import("../commands/ignore.ts");
      const lines = ignoreList(subjectOf(root).root);
      show(json, lines, listInWords(lines));
    });
  ignore
    .command("add")
    .description("leave out what a pattern matches; what is in Dropbox already stays there")
    .argument("<pattern>", "as in a .gitignore", notEmpty)
    .option(...ROOT_OPTION)
    .option("--remove-from-dropbox", "take out of Dropbox what it matches and the disk has; asks first")
    .option("--yes", "do not ask")
    .option(...JSON_OPTION)
    .action(async (pattern: string, flags: Asked & { removeFromDropbox?: boolean; yes?: boolean }) => {
      const subject = subjectOf(flags.root);
      if (flags.removeFromDropbox) {
        const { ignoreAndRemove, removedInWords } = await import("../commands/ignore-and-remove.ts");
        const takenOut = await ignoreAndRemove(subject, pattern, flags.yes ?? false);
        show(flags.json, { pattern, takenOut }, removedInWords(pattern, takenOut));
        return;
      }
      const { ignoreAdd } = await import("../commands/ignore.ts");
      ignoreAdd(subject.root, pattern);
      const words = `${pattern} is left out from now on; what is in Dropbox already stays there`;
      show(flags.json, { pattern, takenOut: null }, words);
    });
  ignore
    .command("test")
    .description("the rule that leaves a path out; ends with 1 when none does")
    .argument("<path>", "relative to the root", notEmpty)
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async (path: string, { root, json }: Asked) => {
      const { ignoreTest, ruleInWords } = await import("../commands/ignore.ts");
      const rule = ignoreTest(subjectOf(root).root, path);
      if (json) console.log(JSON.stringify(rule));
      if (rule === null) throw new CommandError(EXIT.no, `${path} is synced: no rule matches`);
      if (!json) console.log(ruleInWords(rule));
    });
}
