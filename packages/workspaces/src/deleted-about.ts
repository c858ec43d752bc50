import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

const about = z.object({
  path: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  at: z.number(),
  /** What took its place, as `FilesInRoot` tells versions, or "" where that is not known; missing for what was deleted. */
  replacedBy: z.string().optional(),
});

/** What is known of something that was deleted, or replaced: `about.json` in its folder. */
export type About = z.infer<typeof about>;

const NAME = "about.json";

/** @returns null where there is none */
export async function readAbout(folder: string): Promise<About | null> {
  try {
    return about.parse(JSON.parse(await readFile(`${folder}/${NAME}`, "utf8")));
  } catch {
    return null;
  }
}

/** Never half written: without it nobody knows what lies there. */
export async function writeAbout(folder: string, known: About): Promise<void> {
  const file = `${folder}/${NAME}`;
  await writeFile(`${file}.new`, JSON.stringify(known), { flush: true });
  await rename(`${file}.new`, file);
}
