/** Uploads over `thesis.txt`, or brings back what was replaced there, begun when it is told to: `ROOT STAGING KEPT [ID]`. */
import { Readable } from "node:stream";
import { openFolderFiles } from "../src/index.ts";

const [root = "", staging = "", kept = "", id] = process.argv.slice(2);
const files = openFolderFiles(root, staging, kept);
if (id === undefined) await files.replace("thesis.txt", Readable.from(["an upload"]));
else await files.bringBack(id);
process.exit();
