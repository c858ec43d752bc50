import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asOrdinaryUser } from "../../../test/parity/disk/ordinary-user.ts";
import { type FolderFiles, KEPT_HOURS, openFolderFiles } from "../src/index.ts";

let world: string;
let root: string;
let files: FolderFiles;
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-deleted-"));
  root = join(world, "root");
  mkdirSync(root);
  files = openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

const put = (name: string, content: string) => writeFileSync(join(root, name), content);
const kept = () => readdirSync(join(world, "deleted"));
function age(id: string): void {
  const about = join(world, "deleted", id, "about.json");
  const known = JSON.parse(readFileSync(about, "utf8"));
  writeFileSync(about, JSON.stringify({ ...known, at: known.at - (KEPT_HOURS + 1) * 3600 }));
}

describe("for somebody without root's rights", () => {
  let end: () => void;
  beforeEach(() => {
    end = asOrdinaryUser((uid, gid) => {
      for (const folder of [world, root]) chownSync(folder, uid, gid);
    });
    mkdirSync(join(root, "go/pkg/mod@v1"), { recursive: true });
    put("go/pkg/mod@v1/x.go", "package x");
    put("a.txt", "a");
  });
  afterEach(() => end());

  test("a deleted folder with a read-only one in it goes when its time is over, or for good at once", async () => {
    for (const how of ["its time is over", "for good"]) {
      mkdirSync(join(root, "go/pkg/mod@v1"), { recursive: true });
      chmodSync(join(root, "go/pkg/mod@v1"), 0o555);
      const id = await files.remove("go");
      if (how === "for good") await files.forget(id);
      else age(id);
      expect([await files.deleted(), kept()]).toEqual([[], []]);
    }
  });

  test.skipIf(process.getuid?.() !== 0)("what can't be removed holds up neither the list nor an upload", async () => {
    const id = await files.remove("go");
    const other = await files.remove("a.txt");
    const inner = join(world, "deleted", id, "item/pkg/mod@v1");
    const closed = (closes: boolean) => {
      end();
      if (closes) chownSync(inner, 0, 0);
      else rmSync(inner, { recursive: true });
      end = asOrdinaryUser(() => undefined);
    };
    closed(true);
    await expect(files.forget(id)).rejects.toMatchObject({ code: "denied", message: expect.stringContaining('"go"') });
    age(id);
    expect((await files.deleted()).map((one) => one.id)).toEqual([other]);
    await files.write("new.txt", Readable.from(["new"]));
    expect(readFileSync(join(root, "new.txt"), "utf8")).toBe("new");
    closed(false);
    await files.deleted();
    expect(kept()).toEqual([other]);
  });
});
