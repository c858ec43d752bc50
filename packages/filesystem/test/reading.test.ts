import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { OpenedFileSystem } from "../src/index.ts";
import { at, fingerprintOf, openFolder, refusalOf } from "./opened.ts";

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for await (const piece of pieces) read.push(piece);
  return read;
}

let root: string;
let files: OpenedFileSystem;
beforeEach(() => {
  ({ root, files } = openFolder());
});

// One that is read as it is opened, and one that stays open.
describe.each([["small", 5_000] as const, ["large", 200_000] as const])("a %s file", (_, size) => {
  const content = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
  beforeEach(() => writeFileSync(join(root, "a"), content));
  const opened = async () => files.open(at("a"), await fingerprintOf(files, "a"));

  test("is read in part and whole, and is as it was", async () => {
    const file = await opened();
    expect(file.size).toBe(size);
    expect(Buffer.concat(await all(file.read(0, size)))).toEqual(content);
    expect(Buffer.concat(await all(file.read(100, 300)))).toEqual(content.subarray(100, 300));
    expect(await all(file.read(size, size + 10))).toEqual([]);
    expect(await file.verify()).toBe(true);
    await file.close();
  });

  test("that changed, or was replaced, since it was opened is not as it was", async () => {
    const file = await opened();
    appendFileSync(join(root, "a"), "more");
    expect(await file.verify()).toBe(false);
    await file.close();
    const again = await opened();
    writeFileSync(join(root, "b"), content);
    renameSync(join(root, "b"), join(root, "a"));
    expect(await again.verify()).toBe(false);
    await again.close();
  });

  test("that changed before is not opened", async () => {
    const before = await fingerprintOf(files, "a");
    appendFileSync(join(root, "a"), "more");
    expect(await refusalOf(files.open(at("a"), before))).toBe("changed");
  });
});
