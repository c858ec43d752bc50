import { execFileSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { status } from "./answers.ts";
import { atRest, inOneWorld, scenario, theWorld, transfers } from "./scenario.ts";
import { type Action, complete, fill, inRoot, move, remove, type Tree, write } from "./sides.ts";

/** While the engine watches every step, and while it finds what came of them. */
const ALWAYS = { while: ["running", "stopped"] } as const;

inOneWorld();

describe("an editor saves a file", () => {
  /** What each does to `a.txt` when it is saved with the content `2`. */
  const editors: Readonly<Record<string, (at: (path: string) => string) => void>> = {
    "over itself (nano)": (at) => {
      const file = openSync(at("a.txt"), "r+");
      ftruncateSync(file);
      writeSync(file, "2");
      closeSync(file);
    },
    "under another name, renamed over it (most; sed -i)": (at) => {
      writeFileSync(at(".a.txt.new"), "2");
      renameSync(at(".a.txt.new"), at("a.txt"));
    },
    "with a lock file, under a temporary name (LibreOffice)": (at) => {
      writeFileSync(at(".~lock.a.txt#"), "me");
      writeFileSync(at("lu1234.tmp"), "2");
      renameSync(at("lu1234.tmp"), at("a.txt"));
      unlinkSync(at(".~lock.a.txt#"));
    },
    "anew, the old one renamed first and deleted last (vim)": (at) => {
      writeFileSync(at("4913"), "");
      unlinkSync(at("4913"));
      renameSync(at("a.txt"), at("a.txt~"));
      writeFileSync(at("a.txt"), "2");
      unlinkSync(at("a.txt~"));
    },
    "by way of two names, the old one gone in between (Word)": (at) => {
      writeFileSync(at("~WRD0001.tmp"), "2");
      renameSync(at("a.txt"), at("~WRL0002.tmp"));
      renameSync(at("~WRD0001.tmp"), at("a.txt"));
      unlinkSync(at("~WRL0002.tmp"));
    },
  };
  for (const [how, save] of Object.entries(editors)) {
    scenario(`${how}: both sides have what was saved`, {
      while: "running",
      given: { "a.txt": "1", b: "0" },
      disk: [inRoot(save)],
      outcome: { "a.txt": "2", b: "0" },
    });
    scenario(`${how}, while nothing runs: it is an edit, with all its earlier versions`, {
      while: "stopped",
      given: { "a.txt": "1", b: "0" },
      disk: [inRoot(save)],
      outcome: { "a.txt": "2", b: "0" },
      edited: ["a.txt"],
    });
  }
  scenario("and keeps the old one beside it (emacs): both are there", {
    ...ALWAYS,
    given: { "a.txt": "1" },
    disk: [inRoot((at) => renameSync(at("a.txt"), at("a.txt~"))), write("a.txt", "2")],
    outcome: { "a.txt": "2", "a.txt~": "1" },
  });
  scenario("that was deleted in Dropbox meanwhile: the edit lives", {
    given: { "a.txt": "1" },
    disk: [inRoot((at) => editors["under another name, renamed over it (most; sed -i)"]?.(at))],
    dropbox: [remove("a.txt")],
    outcome: { "a.txt": "2" },
  });
});

describe("git", () => {
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", ...words], {
      cwd: theWorld().root,
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const commit = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
  };

  async function expectSameRepository(): Promise<void> {
    const world = theWorld();
    await world.settle();
    const { ...onDisk } = world.diskTree();
    expect(await world.dropboxTree()).toEqual(onDisk);
    expect(Object.keys(onDisk).filter((path) => /conflict|recovered/.test(path))).toEqual([]);
    expect(git("status", "--porcelain")).toBe("");
    expect(git("ls-files", ".twinfold")).toBe("");
    git("fsck", "--strict");
  }

  test("checkout, rebase and gc in a synced repository: both sides have the same repository after each, and it is whole", async () => {
    const world = theWorld();
    await atRest(world, {});
    git("init", "--quiet", "--template=", "--initial-branch=main");
    for (const name of ["a", "b", "c"]) {
      world.write(`src/${name}.txt`, `${name}\n`);
      commit(name);
    }
    git("checkout", "--quiet", "-b", "side", "HEAD~1");
    world.write("src/a.txt", "side\n");
    world.write("side/new.txt", "new\n");
    commit("side");
    await expectSameRepository();
    git("checkout", "--quiet", "main");
    await expectSameRepository();
    git("checkout", "--quiet", "side");
    git("rebase", "--quiet", "main");
    await expectSameRepository();
    git("gc", "--quiet", "--prune=now");
    await expectSameRepository();
    expect(await world.dropboxTree()).toMatchObject(
      complete({ "src/a.txt": "side\n", "src/c.txt": "c\n", "side/new.txt": "new\n" }),
    );
  });
});

describe("many files at once", () => {
  /** What an archive holds, unpacked into a folder. */
  const unpacked = (folder: string): Tree =>
    Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`${folder}/package-${i % 40}/lib/${i}.js`, `${i}`]));
  const unpack =
    (folder: string): Action =>
    (side) =>
      fill(side, unpacked(folder));

  scenario("npm ci beside an ignore file: what it installs stays here, though it is deleted and installed anew", {
    given: { ".mignore": "node_modules/\n", "package.json": "{}" },
    while: "running",
    disk: [
      unpack("node_modules"),
      write("package-lock.json", "{}"),
      async (_, world) => world.settle(),
      remove("node_modules"),
      unpack("node_modules"),
    ],
    outcome: {
      onDisk: {
        ".mignore": "node_modules/\n",
        "package.json": "{}",
        "package-lock.json": "{}",
        ...unpacked("node_modules"),
      },
      inDropbox: { ".mignore": "node_modules/\n", "package.json": "{}", "package-lock.json": "{}" },
    },
    and: async (world) => {
      const sent = (await transfers(world)).filter((route) => route.startsWith("files/upload"));
      expect(sent).toEqual(["files/upload"]);
    },
  });
  test("`npm ci` itself, of a package that it has from the disk, run twice: only what is not ignored is sent", async () => {
    const world = theWorld();
    const npm = (folder: string, ...words: string[]) =>
      execFileSync("npm", [...words, "--offline", "--no-audit", "--no-fund", "--cache", join(world.folder, "cache")], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      });
    await atRest(world, { ".mignore": "node_modules/\n" });
    const library = join(world.folder, "library");
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, "package.json"), '{"name":"library","version":"1.0.0","bin":"index.js"}');
    writeFileSync(join(library, "index.js"), "module.exports = 1;\n");
    npm(library, "pack", "--pack-destination", world.root);
    world.write("package.json", '{"name":"a","version":"1.0.0","dependencies":{"library":"file:library-1.0.0.tgz"}}');
    npm(world.root, "install", "--package-lock-only");
    for (let time = 0; time < 2; time++) {
      npm(world.root, "ci");
      await world.settle();
    }
    const installed = Object.keys(world.diskTree());
    expect(installed).toEqual(expect.arrayContaining(["node_modules/.bin/library", "node_modules/library/index.js"]));
    expect(Object.keys(await world.dropboxTree())).toEqual([
      ".mignore",
      "library-1.0.0.tgz",
      "package-lock.json",
      "package.json",
    ]);
    // A link in what is ignored is nobody's business.
    expect(await status(world)).toMatchObject({ state: "up to date", notSynced: 0 });
  });
  scenario("an archive is unpacked, and the folder renamed while it is still sent: all of it is there, once", {
    given: {},
    while: "running",
    disk: [unpack("tree"), move("tree", "renamed")],
    outcome: unpacked("renamed"),
  });
});
