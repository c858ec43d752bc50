import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Contender } from "../contenders/contender.ts";
import { filesOnDisk, moreInDropbox } from "../goals.ts";
import { downloadBound, type Line, uploadBound } from "../lower-bound.ts";
import { costOfBringing, type Measure } from "../measure.ts";
import type { Stage } from "../stage.ts";
import { bytesOf, checkSame, moveInDropbox, type Shape, seedTree, writeTree } from "../trees.ts";
import { type Row, type Scenario, scaled, startAtRest, told } from "./scenario.ts";

/** Where in the account what comes down later lies meanwhile: no app sees it. */
const OUTSIDE = "/Outside";

/** Trees that go up, come down, and both at once. */
export function transfers(scale: number): readonly Scenario[] {
  const small = { files: scaled(10_000, scale, 100), folders: scaled(100, scale, 10), size: 4096 };
  const half = { ...small, files: scaled(5_000, scale, 50), folders: scaled(50, scale, 10) };
  const large = { files: scaled(20, scale, 2), folders: 0, size: 100 * 1024 * 1024 };
  const smallFiles = `${told(small.files)} x 4 KiB in ${small.folders} folders`;
  const largeFiles = `${large.files} x 100 MiB`;
  return [
    up("up", smallFiles, "80 requests; 1.5 x the bound; 30 x Maestral, 5 x rclone", small),
    down("down", smallFiles, "40 requests; 1.5 x the bound; 30 x Maestral, 5 x rclone", small),
    up("large-up", largeFiles, "1.15 x the bound; RSS +64 MB", large),
    down("large-down", largeFiles, "1.15 x the bound; RSS +64 MB", large),
    alone(up("half-up", `${told(half.files)} x 4 KiB`, "", half)),
    alone(down("half-down", `${told(half.files)} x 4 KiB`, "", half)),
    both(half),
  ];
}

/** What only Twinfold does, to compare itself with. */
function alone(scenario: Scenario): Scenario {
  return { ...scenario, contenders: ["Twinfold"] };
}

/** One row, of a contender that is at rest with nothing to do. */
function scenario(row: Row, run: (stage: Stage, contender: Contender) => Promise<Measure>): Scenario {
  return {
    rows: [row],
    contenders: ["Twinfold", "rclone", "Maestral"],
    async *run(stage, contender) {
      // rclone takes an empty side for a mistake.
      writeTree(join(stage.root, "first"), { files: 1, folders: 0, size: 1 });
      await stage.dropbox.seed(stage.account, { path: contender.base, tree: {} });
      await startAtRest(contender);
      yield [row.name, await run(stage, contender)];
      await checkSame(stage, contender.base, stage.root);
      await contender.stop();
    },
  };
}

/** A tree that appears on disk at once: it was made elsewhere, and is moved in. */
function prepareOnDisk(stage: Stage, shape: Shape): () => void {
  const made = join(stage.folder, "outside");
  mkdirSync(made);
  writeTree(made, shape);
  return () => renameSync(made, join(stage.root, "up"));
}

/** The same in Dropbox. */
async function prepareInDropbox(stage: Stage, { base }: Contender, shape: Shape): Promise<() => Promise<void>> {
  await seedTree(stage, OUTSIDE, shape);
  return () => moveInDropbox(stage, OUTSIDE, `${base}/down`);
}

function up(name: string, what: string, asked: string, shape: Shape): Scenario {
  const bound = (line: Line) => uploadBound(line, shape.files, bytesOf(shape));
  return scenario({ name, what: `up: ${what}`, asked, bound }, (stage, contender) => {
    const appear = prepareOnDisk(stage, shape);
    return costOfBringing(stage, contender, "up", [moreInDropbox(stage, bytesOf(shape))], appear);
  });
}

function down(name: string, what: string, asked: string, shape: Shape): Scenario {
  const bound = (line: Line) => downloadBound(line, shape.files, bytesOf(shape));
  return scenario({ name, what: `down: ${what}`, asked, bound }, async (stage, contender) => {
    const appear = await prepareInDropbox(stage, contender, shape);
    const arrived = filesOnDisk(stage, join(stage.root, "down"), shape.files);
    return costOfBringing(stage, contender, "down", [arrived], appear);
  });
}

function both(shape: Shape): Scenario {
  const row: Row = {
    name: "both",
    what: `both at once: ${told(shape.files)} x 4 KiB each way`,
    asked: "1.2 x the slower of the two alone",
    bound: (line) =>
      Math.max(uploadBound(line, shape.files, bytesOf(shape)), downloadBound(line, shape.files, bytesOf(shape))),
  };
  return scenario(row, async (stage, contender) => {
    const appearOnDisk = prepareOnDisk(stage, shape);
    const appearInDropbox = await prepareInDropbox(stage, contender, shape);
    // What is moved within the account takes no more space: what does is what came up.
    const more = moreInDropbox(stage, bytesOf(shape));
    const arrived = filesOnDisk(stage, join(stage.root, "down"), shape.files);
    return costOfBringing(stage, contender, "both", [more, arrived], async () => {
      appearOnDisk();
      await appearInDropbox();
    });
  });
}
