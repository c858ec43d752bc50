import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RelativePath, RemoteError } from "@twinfold/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineOnDisk } from "./engine-on-disk.ts";

/** What can be done about what is not synced, on a real folder. The other side is a Dropbox in memory. */
let world: EngineOnDisk;
let root: string;
let dropbox: EngineOnDisk["dropbox"];
beforeEach(() => {
  world = new EngineOnDisk();
  ({ root, dropbox } = world);
});
afterEach(() => world.end());

const begin: EngineOnDisk["begin"] = (...how) => world.begin(...how);
const path = (one: string) => one as RelativePath;
const put = (name: string) => writeFileSync(join(root, name), "x");
const bytes = new TextEncoder().encode("x");

test("each cause has its own fix, in the answer for one path and in the list of all alike", async () => {
  mkdirSync(join(root, "ends in a space "));
  put("ends in a space /in it");
  put("back\\slash");
  put(".dropbox");
  put("huge");
  truncateSync(join(root, "huge"), 3 * 2 ** 40);
  symlinkSync("nowhere", join(root, "link"));
  symlinkSync("nowhere", join(root, "taken"));
  dropbox.createFolder("A");
  dropbox.upload("A/taken", bytes);
  dropbox.upload("A/paper", bytes, { downloadable: false });
  const engine = await begin();
  const expected = {
    ".dropbox": ["name", "Rename it, for example to “_.dropbox”: then it is synced."],
    "back\\slash": ["name", "Rename it, for example to “back_slash”: then it is synced."],
    "ends in a space ": ["name", "Rename it, for example to “ends in a space”: then it is synced."],
    "ends in a space /in it": ["inside", expect.stringContaining("the folder “ends in a space ”: put that right")],
    huge: ["too large", expect.stringContaining("smaller files")],
    link: ["symbolic link", expect.stringContaining("put a copy of what it leads to in its place")],
    paper: ["cloud document", expect.stringContaining("open it there")],
  };
  for (const [name, [cause, sentence]] of Object.entries(expected))
    expect(await engine.why(path(name)), name).toMatchObject({ state: "not synced", fix: { cause, sentence } });
  const listed = engine.notSyncedWithFixes(100).map((one) => [one.side, one.path, one.fix?.cause]);
  expect(listed).toEqual([
    ...[".dropbox", "back\\slash", "ends in a space ", "ends in a space /in it", "huge", "link"].map((name) => [
      "local",
      name,
      expected[name as keyof typeof expected][0],
    ]),
    ["remote", "paper", "cloud document"],
    ["local", "taken", "symbolic link"],
    ["remote", "taken", "name taken"],
  ]);
  expect(engine.notSyncedWithFixes(2)).toHaveLength(2);
  // Without a look around for each of what may be tens of thousands.
  expect(engine.notSynced().every((one) => one.fix === undefined)).toBe(true);
});

test("where only Dropbox follows, what its user does there says why it stays there", async () => {
  put("a.txt");
  const engine = await begin({ oneWay: true });
  dropbox.upload("A/hers.txt", bytes);
  const hers = () => engine.why(path("hers.txt"));
  await expect.poll(hers, { timeout: 20_000 }).toMatchObject({ fix: { cause: "looked at only" } });
});

test("where only Dropbox follows, two names that are one there are to be told apart on disk", async () => {
  put("name");
  put("NAME");
  const engine = await begin({ oneWay: true });
  const [found] = engine.notSyncedWithFixes(10);
  expect(found?.path.toLowerCase()).toBe("name");
  expect(found?.fix).toEqual({ cause: "names alike", sentence: "Give one of the two another name." });
});

test("a folder that was deleted in Dropbox and stays for what is ignored in it says what makes it go", async () => {
  mkdirSync(join(root, "d"));
  writeFileSync(join(root, ".mignore"), "*.log\n");
  for (const name of ["d/a.log", "d/b", "c", "e"]) put(name);
  const engine = await begin();
  dropbox.remove("A/d");
  const kept = () => engine.why(path("d"));
  await expect.poll(kept, { timeout: 20_000 }).toMatchObject({ state: "not synced", fix: { cause: "kept folder" } });
});

test("what Dropbox refuses says so, and why", async () => {
  put("a.txt");
  const refused = new RemoteError("refused", "the team's rules forbid this file");
  const engine = await begin({}, ({ subject }) => (subject.includes("secret.txt") ? { before: refused } : undefined));
  put("secret.txt");
  const secret = () => engine.why(path("secret.txt"));
  await expect
    .poll(secret, { timeout: 20_000 })
    .toMatchObject({ state: "not synced", fix: { cause: "refused by Dropbox" } });
  expect((await secret()).reason).toContain("the team's rules forbid this file");
});

test("a folder says that what is in it says more; what is in sync, and what is to be brought over, needs no fix", async () => {
  mkdirSync(join(root, "d"));
  symlinkSync("nowhere", join(root, "d/link"));
  put("a.txt");
  const engine = await begin();
  const [folder, file] = await engine.whyIn(path(""), ["d", "a.txt"]);
  expect(folder?.fix).toEqual({ cause: "in it", sentence: "Open it: each item in it says what can be done." });
  expect(file).toMatchObject({ state: "in sync" });
  engine.pause();
  put("new.txt");
  await expect.poll(() => engine.why(path("new.txt")), { timeout: 20_000 }).toMatchObject({ state: "pending" });
  for (const name of ["a.txt", "new.txt"]) expect((await engine.why(path(name))).fix, name).toBeUndefined();
});
