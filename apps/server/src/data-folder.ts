import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import { isSameProcess, processStart } from "@twinfold/host";
import { z } from "zod";
import { EXIT, StartError } from "./server-error.ts";

const owner = z.object({ pid: z.number(), started: z.string() });

/** Makes the data folder and takes it for this process. @throws StartError when another server has it */
export function takeDataFolder(folder: string): { release(): void } {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // One that was there before may be open to others; where it is not ours to close, it is as its owner wants it.
    if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o700);
  } catch (error) {
    throw new StartError(EXIT.usage, `The data folder ${folder} can't be made: ${(error as Error).message}`, error);
  }
  const file = `${folder}/server.lock`;
  for (let tries = 0; tries < 3; tries++) {
    try {
      const fd = openSync(file, "wx", 0o600);
      writeSync(fd, JSON.stringify({ pid: process.pid, started: processStart(process.pid) ?? "" }));
      closeSync(fd);
      return { release: () => unlinkSync(file) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const held = holder(file);
      if (held !== null && isSameProcess(held)) {
        throw new StartError(
          EXIT.dataTaken,
          `The data folder ${folder} is in use by process ${held.pid}: stop that one, or set TWINFOLD_DATA`,
        );
      }
      // Its owner was killed.
      unlinkSync(file);
    }
  }
  throw new StartError(EXIT.dataTaken, `The data folder ${folder} can't be taken: others start at the same moment`);
}

function holder(file: string): z.infer<typeof owner> | null {
  try {
    return owner.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
