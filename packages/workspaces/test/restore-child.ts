/** Restores a snapshot, until it is killed: `ROOT SAVED ID`. Says when it begins and how it ended. */
import { openSnapshots } from "../src/index.ts";

const [root = "", saved = "", id = ""] = process.argv.slice(2);
const snapshots = await openSnapshots(root, saved);
process.stdout.write("begins\n");
await snapshots.restore(id, {});
process.stdout.write("done\n");
