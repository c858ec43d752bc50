import { randomInt } from "node:crypto";
import { readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeedTree } from "@twinfold/dropbox-local";
import { contentHash } from "@twinfold/dropbox-rules";
import type { Contender } from "../contenders/contender.ts";
import { downloadBound, requestBound } from "../lower-bound.ts";
import { costOf, type Measure } from "../measure.ts";
import { median } from "../rows.ts";
import type { Stage } from "../stage.ts";
import { type Scenario, scaled, startAtRest, told } from "./scenario.ts";

const SETTLED = 500;

/** One edit after another, each once the last one is over; and more of them than one by one would be borne. */
export function edits(scale: number): readonly Scenario[] {
  const count = scaled(40, scale, 5);
  const asked = "settle time (100 ms) + 2 round trips + commit; p99 2 x p50; half of Maestral's";
  const minutes = Math.max(0.2, 10 * scale);
  return [
    {
      rows: [{ name: "edit-up", what: `one edit on disk, ${count} times`, asked, bound: requestBound }],
      contenders: ["Twinfold", "Maestral"],
      async *run(stage, contender) {
        await start(stage, contender);
        yield ["edit-up", await oneByOne(stage, contender, count, (number) => editUp(stage, number))];
        await contender.stop();
      },
    },
    {
      rows: [
        {
          name: "edit-down",
          what: `one edit in Dropbox, ${count} times`,
          asked,
          bound: (line) => downloadBound(line, 1, 0),
        },
      ],
      contenders: ["Twinfold", "Maestral"],
      async *run(stage, contender) {
        await start(stage, contender);
        yield ["edit-down", await oneByOne(stage, contender, count, (number) => editDown(stage, contender, number))];
        await contender.stop();
      },
    },
    {
      rows: [
        {
          name: "many-edits",
          what: `1,000 edits a minute of ${told(FILES)} files for ${minutes} minutes`,
          asked: "never more than 5 s behind; 1 request per 10 edits",
          bound: requestBound,
        },
      ],
      contenders: ["Twinfold"],
      long: true,
      async *run(stage, contender) {
        const names = Array.from({ length: FILES }, (_, file) => [`${file}.txt`, `${file} as it was`] as const);
        await start(stage, contender, Object.fromEntries(names));
        yield ["many-edits", await manyEdits(stage, contender, Math.round(minutes * 1000))];
        await contender.stop();
      },
    },
  ];
}

async function start(stage: Stage, contender: Contender, edited: SeedTree = {}): Promise<void> {
  await stage.dropbox.seed(stage.account, { path: contender.base, tree: { "edit.txt": "as it was", edited } });
  await startAtRest(contender);
}

/** @param edit resolves with its milliseconds */
async function oneByOne(
  stage: Stage,
  contender: Contender,
  count: number,
  edit: (number: number) => Promise<number>,
): Promise<Measure> {
  const latencies: number[] = [];
  const measure = await costOf(stage, async () => {
    for (let number = 0; number < count; number++) {
      latencies.push(await contender.whileItRuns(edit(number)));
      await stage.quiet(SETTLED);
      // At no fixed time after what the last one has set off.
      await sleep(randomInt(300), undefined, { signal: stage.over });
    }
    return median(latencies) / 1000;
  });
  return { ...measure, latencies };
}

/** Contents that come to Dropbox, each told by its hash. @returns how to stop */
function whenInDropbox(stage: Stage, arrived: (hash: string, at: number) => void): () => void {
  return stage.files.subscribe((changes) => {
    const at = performance.now();
    for (const change of changes)
      if (change.kind === "put" && change.entry.kind === "file") arrived(change.entry.contentHash, at);
  });
}

async function editUp(stage: Stage, number: number): Promise<number> {
  const text = `up ${number}`;
  const hash = contentHash(Buffer.from(text));
  const seen = Promise.withResolvers<number>();
  const stop = whenInDropbox(stage, (arrived, at) => {
    if (arrived === hash) seen.resolve(at);
  });
  const began = performance.now();
  writeFileSync(join(stage.root, "edit.txt"), text);
  const at = await seen.promise.finally(stop);
  return at - began;
}

async function editDown(stage: Stage, { base }: Contender, number: number): Promise<number> {
  const text = `down ${number}`;
  const seen = Promise.withResolvers<number>();
  const watcher = watch(stage.root, () => {
    try {
      if (readFileSync(join(stage.root, "edit.txt"), "utf8") === text) seen.resolve(performance.now());
    } catch {
      // Between two versions.
    }
  });
  // It is there before the upload is answered, which waits for the account's lock.
  const began = Promise.withResolvers<number>();
  const stop = whenInDropbox(stage, (_, at) => began.resolve(at));
  await stage.files.upload(`${base}/edit.txt`, contentOf(text), { ifExists: "overwrite" });
  const at = await seen.promise.finally(() => watcher.close());
  stop();
  return at - (await began.promise);
}

async function* contentOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const FILES = 1000;

/** An edit is over once its content, or a later one of the same file, is in Dropbox. */
async function manyEdits(stage: Stage, contender: Contender, count: number): Promise<Measure> {
  const folder = join(stage.root, "edited");
  const latencies: number[] = [];
  /** By file: what it had to become, in order, and since when. */
  const waiting = new Map<number, { readonly hash: string; readonly since: number }[]>();
  const fileOf = new Map<string, number>();
  const all = Promise.withResolvers<void>();
  const stop = whenInDropbox(stage, (hash, at) => {
    const edits = waiting.get(fileOf.get(hash) ?? -1) ?? [];
    const index = edits.findIndex((edit) => edit.hash === hash);
    for (const { since } of edits.splice(0, index + 1)) latencies.push(at - since);
    if (latencies.length === count) all.resolve();
  });
  const measure = await costOf(stage, async () => {
    const began = performance.now();
    for (let number = 0; number < count; number++) {
      await sleep(Math.max(0, began + number * 60 - performance.now()), undefined, { signal: stage.over });
      const file = randomInt(FILES);
      const text = `edit ${number} of ${file}`;
      const hash = contentHash(Buffer.from(text));
      fileOf.set(hash, file);
      waiting.set(file, [...(waiting.get(file) ?? []), { hash, since: performance.now() }]);
      writeFileSync(join(folder, `${file}.txt`), text);
    }
    await contender.whileItRuns(all.promise);
    return median(latencies) / 1000;
  }).finally(stop);
  return { ...measure, latencies };
}
