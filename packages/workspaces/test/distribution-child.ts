/** Distributes a stage that was put, until it is killed: `ROOT SAVED STAGE FOLDER`. Says when it begins and how it ended. */
import { distribute, openSnapshots, openStage } from "../src/index.ts";

const [root = "", saved = "", stage = "", folder = ""] = process.argv.slice(2);
const snapshots = await openSnapshots(root, saved);
process.stdout.write("begins\n");
await distribute({
  ...{ root, snapshots, folder, stage: openStage(stage), strategy: "mirror", note: "", grace: 0 },
  meant: async () => undefined,
  signal: new AbortController().signal,
});
process.stdout.write("done\n");
