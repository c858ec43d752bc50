import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Contender, Way } from "../contenders/contender.ts";
import { type Goal, inDropbox, moreInDropbox } from "../goals.ts";
import { requestBound } from "../lower-bound.ts";
import { costOfBringing } from "../measure.ts";
import type { Stage } from "../stage.ts";
import { bytesOf, checkSame, copyToDisk, seedTree } from "../trees.ts";
import { type Scenario, scaled, startAtRest, told } from "./scenario.ts";

/** What is done on disk to a folder that both sides have, and when Dropbox has followed. */
export function wholeFolders(scale: number): readonly Scenario[] {
  const shape = { files: scaled(9000, scale, 90), folders: scaled(90, scale, 10), size: 4096 };
  const one = (
    name: string,
    way: Way,
    asked: string,
    act: (root: string) => Promise<void>,
    followed: (stage: Stage, contender: Contender) => Goal,
  ): Scenario => ({
    rows: [{ name, what: `${name} a folder of ${told(shape.files)}`, asked, bound: requestBound }],
    contenders: ["Twinfold", "rclone", "Maestral"],
    async *run(stage, contender) {
      await seedTree(stage, `${contender.base}/folder`, shape);
      await stage.dropbox.seed(stage.account, { path: contender.base, tree: { "stays.bin": 1 } });
      await copyToDisk(stage, contender.base, stage.root);
      await startAtRest(contender);
      const goal = followed(stage, contender);
      yield [name, await costOfBringing(stage, contender, way, [goal], () => act(stage.root))];
      await checkSame(stage, contender.base, stage.root);
      await contender.stop();
    },
  });
  const isThere = async ({ files }: Stage, path: string) => ((await files.get(path))?.kind ?? "deleted") !== "deleted";
  return [
    one(
      "rename",
      "follow",
      "1 write request, 0 bytes, 1 s",
      (root) => rename(join(root, "folder"), join(root, "renamed")),
      (stage, { base }) => inDropbox(stage, async () => !(await isThere(stage, `${base}/folder`))),
    ),
    one(
      "copy",
      "up",
      "no content sent, 15 requests",
      (root) => cp(join(root, "folder"), join(root, "copied"), { recursive: true, preserveTimestamps: true }),
      (stage) => moreInDropbox(stage, bytesOf(shape)),
    ),
    one(
      "delete",
      "follow",
      "1 write request",
      (root) => rm(join(root, "folder"), { recursive: true }),
      (stage, { base }) => inDropbox(stage, async () => !(await isThere(stage, `${base}/folder`))),
    ),
  ];
}
