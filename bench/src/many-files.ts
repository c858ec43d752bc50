import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { row } from "./rows.ts";
import type { World } from "./world.ts";

const SIZE = 4096;
/** In each of 10 folders. */
const FOLDERS = Array.from({ length: 10 }, (_, top) =>
  Array.from({ length: 10 }, (_, inside) => `${top}/${inside}`),
).flat();

/** So many files of 4 KiB in 100 folders, 10 in each of 10: up in one go, and down. */
export async function manyFiles(world: World, files: number): Promise<void> {
  const each = files / FOLDERS.length;
  const what = `${files} files of 4 KiB in 100 folders`;

  await world.run("pause");
  const content = randomBytes(SIZE);
  FOLDERS.forEach((folder, number) => {
    mkdirSync(join(world.root, "many", folder), { recursive: true });
    for (let i = 0; i < each; i++) {
      content.writeUInt32LE(number * each + i);
      writeFileSync(join(world.root, "many", folder, `${i}`), content);
    }
  });
  row(`${what} up`, await settled(world), "80 requests");

  await world.run("pause");
  for (const [number, folder] of FOLDERS.entries())
    await world.dropbox.seed(world.email, {
      path: `${world.base}/down/${folder}`,
      files: each,
      size: SIZE,
      seed: number,
    });
  row(`${what} down`, await settled(world), "40 requests");
}

/** Lets the daemon go on. @returns how long it took to come to rest, and what it asked of Dropbox */
async function settled(world: World): Promise<string> {
  const before = await world.requests();
  const began = performance.now();
  await world.run("resume");
  await world.run("wait", "--timeout", "900");
  const took = (performance.now() - began) / 1000;
  const asked = Object.entries(await world.requests())
    .map(([route, count]) => [route.split("/").at(-1), count - (before[route] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  const all = asked.reduce((sum, [, count]) => sum + count, 0);
  return `${took.toFixed(1)} s, ${all} requests (${asked.map(([route, count]) => `${count} ${route}`).join(", ")})`;
}
