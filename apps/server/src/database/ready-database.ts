import { createHash } from "node:crypto";
import { constants, cpSync, existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Beside the packages, so that it goes with them. */
const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/twinfold", import.meta.url));
const MIGRATIONS = fileURLToPath(new URL("migrations.ts", import.meta.url));

/** Where a database without content lies ready, once it was prepared: of this PostgreSQL, and with these tables. */
export async function readyFolder(): Promise<string> {
  const home = dirname(dirname(fileURLToPath(import.meta.resolve("@electric-sql/pglite"))));
  const hash = createHash("sha256");
  for (const file of [join(home, "package.json"), MIGRATIONS]) hash.update(await readFile(file));
  return join(CACHE, `database-${hash.digest("hex").slice(0, 16)}`);
}

/**
 * Makes a database for others to be copies of, where none lies ready: to make one takes seven seconds of a processor, to copy
 * it less than one. @param make makes it in a folder, and closes it
 */
export async function prepareDatabase(make: (folder: string) => Promise<void>): Promise<void> {
  const ready = await readyFolder();
  if (existsSync(ready)) return;
  const making = `${ready}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await make(making);
  await rename(making, ready).catch(async (error: unknown) => {
    await rm(making, { recursive: true, force: true });
    // Another has prepared it meanwhile.
    if (!existsSync(ready)) throw error;
  });
}

/** Puts a copy of what lies ready at `folder`, where nothing is yet: whole or not at all. Without it the database is made there. */
export async function takeReadyDatabase(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const ready = await readyFolder();
  if (!existsSync(ready)) return;
  const coming = `${folder}.coming`;
  await rm(coming, { recursive: true, force: true });
  cpSync(ready, coming, { recursive: true, mode: constants.COPYFILE_FICLONE });
  // The modes of folders are not copied.
  await chmod(coming, 0o700);
  await rename(coming, folder);
}
