#!/usr/bin/env node
import { resolve } from "node:path";
import { helpText, parseCommandLine } from "./command-line.ts";
import { DropboxLocalError } from "./errors.ts";
import { announcement } from "./ready-made.ts";
import { startDropboxLocal } from "./server.ts";

/** The package's own command: serves until it is told to end. */
async function main(): Promise<void> {
  const asked = parseCommandLine(process.argv.slice(2));
  if ("help" in asked) {
    console.log(helpText());
    return;
  }
  const { options, json } = asked;
  const dropbox = await startDropboxLocal({ ...options, dataFolder: resolve(options.dataFolder) });
  console.log(announcement(await dropbox.readyMade(), json));
  await new Promise<void>((ended) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => ended());
  });
  await dropbox.close();
}

main().catch((error) => {
  if (!(error instanceof DropboxLocalError)) throw error;
  console.error(error.message);
  process.exitCode = error.code === "bad-argument" ? 2 : 1;
});
