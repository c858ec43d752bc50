/** A local Dropbox in a process of its own, to be killed: prints what is ready-made, then serves until it dies. */
import { startDropboxLocal } from "../src/index.ts";

const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined) throw new Error("usage: crash-child FOLDER");
const dropbox = await startDropboxLocal({ dataFolder, control: true });
console.log(JSON.stringify(await dropbox.readyMade()));
