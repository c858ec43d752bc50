/** As `restore-child.ts`, but begins when it is told to, and writes down what restores have begun: `ROOT SAVED ID BOOK`. */
import { appendFileSync } from "node:fs";
import { openSnapshots } from "../src/snapshots/snapshots.ts";

const [root = "", saved = "", id = "", book = ""] = process.argv.slice(2);
await new Promise((resolve) => process.stdin.once("data", resolve));
const snapshots = await openSnapshots(root, saved, async (restore) => {
  appendFileSync(book, `${JSON.stringify(restore)}\n`);
});
await snapshots.restore(id, { word: "of this restore" });
process.exit();
