import { setTimeout as sleep } from "node:timers/promises";
import { twinfold } from "../contenders/twinfold.ts";
import { listingBound, requestBound } from "../lower-bound.ts";
import { costOf, type Measure } from "../measure.ts";
import type { Stage } from "../stage.ts";
import { FIND, secondsOf, timed } from "../timing.ts";
import { copyToDisk, type Shape, seedTree, writeTree } from "../trees.ts";
import { type Scenario, scaled, told } from "./scenario.ts";

/** Many files of which both sides have the same: the first sync, the next start, and then nothing to do for a while. */
export function atRest(scale: number): readonly Scenario[] {
  const many = { files: scaled(100_000, scale, 1000), folders: scaled(5000, scale, 50), size: 4096 };
  const million = { files: scaled(1_000_000, scale, 1000), folders: scaled(50_000, scale, 50), size: 16 };
  const idle = scaled(60, scale, 10);
  return [
    scenario("", many, idle, {
      first: "no content moved, 1.5 x sha256sum",
      idle: "CPU 0.1 %, RSS 150 MB, long polls only",
      start: "own start + 2 x find, 3 requests",
    }),
    {
      ...scenario("million-", million, idle, {
        first: "linear; RSS 450 MB",
        idle: "RSS 450 MB",
        start: "own start + 2.5 x find; RSS 450 MB",
      }),
      contenders: ["Twinfold"],
      long: true,
    },
  ];
}

function scenario(
  prefix: string,
  shape: Shape,
  idleSeconds: number,
  asked: Readonly<Record<"first" | "idle" | "start", string>>,
): Scenario {
  const files = `${told(shape.files)} files in ${told(shape.folders)} folders`;
  const entries = shape.files + shape.folders;
  const names = { first: `${prefix}equal`, idle: `${prefix}idle`, start: `${prefix}unchanged` };
  return {
    rows: [
      {
        name: names.first,
        what: `first sync, both sides equal: ${files}`,
        asked: asked.first,
        bound: (line) => listingBound(line, entries),
      },
      {
        name: names.start,
        what: `nothing changed, start until up to date: ${files}`,
        asked: asked.start,
        bound: requestBound,
      },
      { name: names.idle, what: `idle for ${idleSeconds} s: ${files}`, asked: asked.idle, bound: () => null },
    ],
    contenders: ["Twinfold", "rclone", "Maestral"],
    async *run(stage, contender) {
      const ownStart = contender.name === "Twinfold" ? await startWithOneFile(stage) : 0;
      await seedTree(stage, contender.base, shape);
      await copyToDisk(stage, contender.base, stage.root);
      const starting = () => costOf(stage, () => timed(() => contender.start()));

      const first = await starting();
      yield [
        names.first,
        beside(first, "sha256sum", secondsOf(`find . -name '*.bin' -print0 | xargs -0 sha256sum`, stage.root)),
      ];
      if (contender.watches) await contender.settle("both");
      await contender.stop();

      const again = await costOf(stage, () =>
        timed(() => (contender.watches ? contender.start() : contender.settle("both"))),
      );
      const find = secondsOf(FIND, stage.root);
      yield [names.start, beside(again, ownStart === 0 ? "find" : "own start + find", ownStart + find)];
      if (!contender.watches) return;
      await contender.settle("both");
      const waiting = () =>
        timed(async () => void (await sleep(idleSeconds * 1000, undefined, { signal: stage.over })));
      yield [names.idle, await costOf(stage, waiting)];
      await contender.stop();
    },
  };
}

/** What a start takes by itself: with one file, in a place of its own. */
async function startWithOneFile(stage: Stage): Promise<number> {
  const small = await twinfold(stage, "Small");
  writeTree(small.root, { files: 1, folders: 0, size: 1 });
  await small.start();
  await stage.quiet(1000);
  await small.stop();
  const seconds = await timed(() => small.start());
  await small.stop();
  return seconds;
}

function beside(measure: Measure, what: string, seconds: number): Measure {
  return { ...measure, beside: { what, seconds } };
}
