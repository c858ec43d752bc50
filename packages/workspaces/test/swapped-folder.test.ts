import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFolderFiles } from "../src/index.ts";
import { whileSwapping } from "./while-swapping.ts";

/** How often everything is tried while a folder and a link to a foreign one change names. */
const ROUNDS = 150;

let world: string;
let outside: string;
let root: string;
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-swapped-"));
  outside = join(world, "outside");
  root = join(world, "root");
  for (const folder of [outside, root, join(root, "folder")]) mkdirSync(folder);
  writeFileSync(join(outside, "secret.txt"), "theirs");
  symlinkSync(outside, join(root, "link"));
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

test("a link that takes a folder's place at any moment leads neither reading nor writing out of the root", async () => {
  const files = openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
  const refused = new Map<string, number>();
  let done = 0;
  const tries = async (work: () => Promise<unknown>) => {
    await work().then(
      () => done++,
      ({ code }: { code: string }) => refused.set(code, (refused.get(code) ?? 0) + 1),
    );
  };
  await whileSwapping(root, { one: "folder", other: "link" }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await tries(async () => {
        const { entries } = await files.list("folder", { offset: 0, limit: 100, hidden: true, find: "" });
        expect(entries.map(({ name }) => name)).not.toContain("secret.txt");
      });
      await tries(async () => expect(await text((await files.read("folder/secret.txt")).content)).toBe(""));
      await tries(() => files.write(`folder/${round}.txt`, Readable.from(["mine"])));
      await tries(() => files.createFolder(`folder/made-${round}`));
      await tries(() => files.move("folder/secret.txt", `stolen-${round}.txt`));
      await tries(() => files.move(`folder/${round}.txt`, `folder/moved-${round}.txt`));
      await tries(() => files.remove("folder/secret.txt"));
    }
  });
  expect(readdirSync(outside)).toEqual(["secret.txt"]);
  expect(readdirSync(root).sort()).toEqual(["folder", "link"]);
  // It was tried on both, and nothing came of it but what is told.
  expect(done).toBeGreaterThan(ROUNDS / 10);
  expect(refused.get("bad-path")).toBeGreaterThan(ROUNDS / 10);
  // The kernel's word for a link is that it is no folder, and it may be one again when it is looked at.
  expect(["bad-path", "not-a-folder", "not-found"]).toEqual(expect.arrayContaining([...refused.keys()]));
}, 60_000);

test("deleting a folder never goes on in one that a link in it leads to", async () => {
  const files = openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
  await whileSwapping(root, { one: "all/folder", other: "link" }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(join(root, "link"), { recursive: true, force: true });
      mkdirSync(join(root, "all/folder"), { recursive: true });
      for (let number = 0; number < 5; number++) writeFileSync(join(root, `all/folder/${number}`), "mine");
      symlinkSync(outside, join(root, "link"));
      // What can't be deleted just then is left for the next time.
      while (existsSync(join(root, "all"))) {
        const id = await files.remove("all").catch(() => null);
        if (id !== null) await files.forget(id).catch(() => undefined);
      }
    }
  });
  expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe("theirs");
}, 60_000);
