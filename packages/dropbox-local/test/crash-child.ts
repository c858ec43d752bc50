/** A local Dropbox in a process of its own, to be killed: prints its address and token, then serves until it dies. */
import { startDropboxLocal } from "../src/index.ts";

const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined) throw new Error("usage: crash-child FOLDER");
const dropbox = await startDropboxLocal({ dataFolder });
const { url, accessToken } = await dropbox.readyMade();
console.log(JSON.stringify({ url, accessToken }));
