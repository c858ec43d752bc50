import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asOrdinaryUser } from "../../../test/parity/disk/ordinary-user.ts";
import { type FolderFiles, KEPT_HOURS } from "../src/index.ts";
import { freshRoot } from "./fresh-root.ts";

let world: string;
let root: string;
let files: FolderFiles;
beforeEach(() => {
  ({ world, root, files } = freshRoot());
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

const put = (name: string, content: string) => writeFileSync(join(root, name), content);
const kept = () => readdirSync(join(world, "deleted"));
function age(id: string): void {
  const about = join(world, "deleted", id, "about.json");
  const known = JSON.parse(readFileSync(about, "utf8"));
  writeFileSync(about, JSON.stringify({ ...known, at: known.at - (KEPT_HOURS + 1) * 3600 }));
}

test("what a process that ended had only begun to keep is cleared away after a minute, unless something lies there", async () => {
  const begun = (id: string, ...names: string[]) => {
    mkdirSync(join(world, "deleted", id), { recursive: true });
    for (const name of names) writeFileSync(join(world, "deleted", id, name), "");
    if (!id.startsWith("3")) utimesSync(join(world, "deleted", id), 0, 0);
  };
  const ids = ["1", "2", "3", "4"].map((digit) => `${digit.repeat(8)}-0000-0000-0000-000000000000`);
  begun(ids[0] ?? "");
  begun(ids[1] ?? "", "about.json.new");
  begun(ids[2] ?? "", "about.json.new");
  begun(ids[3] ?? "", "item");
  await files.deleted();
  expect(kept().toSorted()).toEqual(ids.slice(2));
});

describe("what had a place and was aside, not yet kept, when the process ended", () => {
  const ID = "11111111-2222-3333-4444-555555555555";
  const inItem = (name: string) => join(world, "deleted", ID, name);
  beforeEach(() => {
    mkdirSync(inItem(""), { recursive: true });
    const at = Math.floor(Date.now() / 1000);
    writeFileSync(inItem("about.json"), JSON.stringify({ path: "a.txt", kind: "file", at, replacedBy: "" }));
    writeFileSync(inItem("item"), "to take the place");
    writeFileSync(inItem("item-aside"), "had the place");
  });
  const offered = async () =>
    (await files.deleted()).map(({ id, path }) => [path, readFileSync(join(world, "deleted", id, "item"), "utf8")]);

  test("has it again if it is free, however long ago that was", async () => {
    age(ID);
    await files.recover();
    expect([readFileSync(join(root, "a.txt"), "utf8"), await offered(), kept()]).toEqual(["had the place", [], []]);
  });

  test("is kept from now on if it is not, beside what was to take it", async () => {
    put("a.txt", "took it");
    await files.recover();
    expect((await offered()).toSorted()).toEqual([
      ["a.txt", "had the place"],
      ["a.txt", "to take the place"],
    ]);
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("took it");
  });

  test("does not go with what was to take it, when that one's time is over", async () => {
    put("a.txt", "took it");
    age(ID);
    expect(await offered()).toEqual([["a.txt", "had the place"]]);
  });

  test("is kept if what was to take the place has it already", async () => {
    linkSync(inItem("item"), join(root, "a.txt"));
    age(ID);
    await files.recover();
    expect(await offered()).toEqual([["a.txt", "had the place"]]);
    expect(statSync(join(root, "a.txt")).nlink).toBe(1);
  });

  test("is kept if its folder is gone, and where it can't be settled it stays", async () => {
    rmSync(root, { recursive: true });
    rmSync(inItem("item"));
    age(ID);
    mkdirSync(inItem("about.json.new"));
    expect(await offered()).toEqual([]);
    expect(readFileSync(inItem("item-aside"), "utf8")).toBe("had the place");
    rmSync(inItem("about.json.new"), { recursive: true });
    expect(await offered()).toEqual([["a.txt", "had the place"]]);
  });
});

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

  test.skipIf(process.getuid?.() !== 0)(
    "what can't be removed, or looked at, holds up neither the list nor an upload",
    async () => {
      const id = await files.remove("go");
      const other = await files.remove("a.txt");
      const inner = join(world, "deleted", id, "item/pkg/mod@v1");
      const roots = join(world, "deleted/11111111-0000-0000-0000-000000000000");
      const closed = (closes: boolean) => {
        end();
        if (closes) {
          chownSync(inner, 0, 0);
          mkdirSync(roots, { mode: 0o700 });
          utimesSync(roots, 0, 0);
        } else for (const one of [inner, roots]) rmSync(one, { recursive: true });
        end = asOrdinaryUser(() => undefined);
      };
      closed(true);
      await expect(files.forget(id)).rejects.toMatchObject({
        code: "denied",
        message: expect.stringContaining('"go"'),
      });
      age(id);
      expect((await files.deleted()).map((one) => one.id)).toEqual([other]);
      await files.write("new.txt", Readable.from(["new"]));
      expect(readFileSync(join(root, "new.txt"), "utf8")).toBe("new");
      closed(false);
      await files.deleted();
      expect(kept()).toEqual([other]);
    },
  );
});
