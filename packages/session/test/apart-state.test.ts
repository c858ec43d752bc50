import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InTheWayError } from "@twinfold/filesystem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seenOf, swapForLink } from "../../filesystem/test/swap-for-link.ts";
import { takeLease } from "../src/lease.ts";
import { rememberedRemotePath, rememberMove } from "../src/moved-folder.ts";
import { SessionError } from "../src/session-error.ts";
import { copyState, openState, removeState } from "../src/state-folder.ts";
import { hasTrees, type StateFolder } from "../src/trees-file.ts";
import { plantForeign } from "./foreign.ts";

const BOUND = { rootIdentity: "1:2", accountId: "dbid:A", remotePath: "/A/B/C" };
const NAMES = [".local", "share", "twinfold", "id"];
let base: string;
let place: StateFolder;
let folder: string;
let warnings: string[];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "twinfold-apart-"));
  place = { root: join(base, "home"), names: NAMES, rootIs: "your personal files", work: join(base, "work/id") };
  folder = join(place.root, ...NAMES);
  warnings = [];
});
afterEach(() => rmSync(base, { recursive: true }));

const open = (binding = BOUND) => openState(place, binding, (message) => warnings.push(message));

/** Leaves a word there. @returns the word that was there */
function visit(word: string, binding = BOUND): string | null {
  const store = open(binding);
  const before = store.readMeta("word");
  store.writeMeta("word", word);
  store.close();
  return before;
}

/** As a session that is killed: what it wrote last is in the log only. */
function visitAndDie(word: string): void {
  const module = JSON.stringify(fileURLToPath(new URL("../src/state-folder.ts", import.meta.url)));
  const program = `
    const { openState } = await import(${module});
    openState(${JSON.stringify(place)}, ${JSON.stringify(BOUND)}, () => undefined).writeMeta("word", "${word}");
    process.kill(process.pid, "SIGKILL");`;
  const { signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect([signal, stderr]).toEqual(["SIGKILL", ""]);
}

describe("where others may write in the state folder", () => {
  test("the trees lie there, and what SQLite makes of them beside only while they are worked on", () => {
    const store = open();
    store.writeMeta("word", "one");
    expect(readdirSync(folder).sort()).toEqual(["binding.json", "trees.db"]);
    expect(readdirSync(join(base, "work/id")).sort()).toEqual(["trees.db", "trees.db-shm", "trees.db-wal"]);
    expect(statSync(join(base, "work/id")).mode & 0o077).toBe(0);
    expect(hasTrees(place)).toBe(true);
    store.close();
    expect(readdirSync(join(base, "work"))).toEqual([]);
    expect(statSync(join(folder, "trees.db")).nlink).toBe(1);
    expect(visit("two")).toBe("one");
    expect(warnings).toEqual([]);
  });

  test("a session that was killed has left its last words in the log, and they count", () => {
    visit("one");
    visitAndDie("two");
    expect(readdirSync(join(base, "work/id"))).toContain("trees.db-wal");
    expect(copyState(place, BOUND).readMeta("word")).toBe("two");
    rememberMove(place, "/A/B/C", "/X/B/C");
    expect(rememberedRemotePath(place, "dbid:A")).toBe("/X/B/C");
    expect(visit("three", { ...BOUND, remotePath: "/X/B/C" })).toBe("two");
    expect(warnings).toEqual([]);
  });

  test("of a state that was deleted nothing is remembered, whatever was left to work on", () => {
    visitAndDie("one");
    rmSync(join(place.root, ".local"), { recursive: true });
    expect(copyState(place, BOUND).readMeta("word")).toBe(null);
    expect(visit("two")).toBe(null);
    expect(warnings).toEqual([]);
  });

  test("an earlier state that was put back is not mixed with the log of a later one", () => {
    visit("one");
    copyFileSync(join(folder, "trees.db"), join(base, "saved"));
    visitAndDie("two");
    rmSync(join(folder, "trees.db"));
    copyFileSync(join(base, "saved"), join(folder, "trees.db"));
    expect(copyState(place, BOUND).readMeta("word")).toBe("one");
    expect(visit("three")).toBe("one");
  });

  test("a session whose trees were deleted, or are others by now, is not sound", () => {
    const store = open();
    renameSync(join(folder, "trees.db"), join(folder, "moved"));
    expect(hasTrees(place)).toBe(false);
    copyFileSync(join(folder, "moved"), join(folder, "trees.db"));
    expect(hasTrees(place)).toBe(false);
    store.close();
  });

  test("what another program has left beside the trees is moved aside with them: both sides are compared anew", () => {
    visit("one");
    writeFileSync(join(folder, "trees.db-wal"), "a log of something");
    expect(visit("two")).toBe(null);
    expect(warnings).toEqual([expect.stringContaining("another program")]);
    expect(readdirSync(join(folder, "aside-1")).sort()).toEqual(["trees.db", "trees.db-wal"]);
  });

  test("what is moved aside is moved with its log, three times, and what somebody puts there is never deleted", () => {
    visitAndDie("first");
    for (const accountId of ["B", "C", "D", "E"]) visit(accountId, { ...BOUND, accountId });
    expect(readdirSync(folder).filter((name) => name.startsWith("aside"))).toEqual(["aside-1", "aside-2", "aside-3"]);
    writeFileSync(join(folder, "aside-3/notes"), "a person's");
    expect(() => visit("F", { ...BOUND, accountId: "F" })).toThrow(/aside-3 in your personal files is a folder/);
    expect(existsSync(join(folder, "aside-3/notes"))).toBe(true);
  });

  test("all of it can be removed; what a link leads to is not it", async () => {
    visitAndDie("one");
    await removeState(place);
    expect([existsSync(folder), existsSync(join(base, "work/id"))]).toEqual([false, false]);
    await removeState(place);
    mkdirSync(join(base, "foreign/id"), { recursive: true });
    rmSync(join(place.root, ".local/share/twinfold"), { recursive: true });
    symlinkSync(join(base, "foreign"), join(place.root, ".local/share/twinfold"));
    await removeState(place);
    expect(existsSync(join(base, "foreign/id"))).toBe(true);
  });

  test("a lease that could not be given back, as a link was in the way, is free when that is gone", () => {
    const lease = takeLease(place, "lease.json", "it");
    expect(() => takeLease(place, "lease.json", "it")).toThrow(/already kept in sync/);
    renameSync(join(place.root, ".local"), join(place.root, "kept"));
    symlinkSync("elsewhere", join(place.root, ".local"));
    lease.release();
    rmSync(join(place.root, ".local"));
    renameSync(join(place.root, "kept"), join(place.root, ".local"));
    const next = takeLease(place, "lease.json", "it");
    expect(next.token).toBe(lease.token + 1);
    next.release();
  });

  test("a pipe for a lease, or a file far too large, is not waited for, nor read", () => {
    mkdirSync(folder, { recursive: true });
    execFileSync("mkfifo", [join(folder, "lease.json")]);
    expect(() => takeLease(place, "lease.json", "it")).toThrow(/lease.json in your personal files is a pipe/);
    execFileSync("truncate", ["-s", "3G", join(folder, "binding.json")]);
    expect(rememberedRemotePath(place, "dbid:A")).toBe(null);
  });
});

test.each([
  ".local",
  ".local/share/twinfold/id",
  ".local/share/twinfold/id/trees.db",
  ".local/share/twinfold/id/aside-1",
])(
  "%s is a link every other moment, and sessions go through all that they do: nothing behind it is touched",
  async (name) => {
    const foreign = join(base, "foreign");
    plantForeign(join(foreign, ...NAMES));
    mkdirSync(join(foreign, ...NAMES, "aside-1"));
    const before = seenOf(foreign);
    visit("one");
    visit("two", { ...BOUND, accountId: "dbid:B" });
    const end = await swapForLink(join(place.root, name), join(foreign, name));
    const outcomes = { done: 0, refused: 0 };
    const began = performance.now();
    const isLong = () => performance.now() - began > (outcomes.done > 0 ? 1_000 : 20_000);
    for (const turns = { count: 0 }; !isLong(); turns.count++) {
      try {
        const lease = takeLease(place, "lease.json", "it");
        try {
          // Every other one is about something else, so that trees are moved aside, too.
          const store = open({ ...BOUND, accountId: turns.count % 4 < 2 ? "dbid:A" : "dbid:B" });
          store.writeMeta("word", String(turns.count));
          store.close();
          rememberMove(place, "/A/B/C", "/A/B/C");
        } finally {
          lease.release();
        }
        outcomes.done++;
      } catch (error) {
        if (!(error instanceof SessionError) && !(error instanceof InTheWayError)) throw error;
        outcomes.refused++;
      }
    }
    await end();
    // What was made while the name was away, and what it then changed places with.
    rmSync(join(place.root, `${name}.link`), { recursive: true, force: true });
    expect(seenOf(foreign)).toEqual(before);
    expect(outcomes.done).toBeGreaterThan(0);
    // Which is looked at only in the moment in which it is made.
    if (!name.endsWith("aside-1")) expect(outcomes.refused).toBeGreaterThan(0);
    visit("after", { ...BOUND, accountId: "dbid:C" });
    expect(visit("after that", { ...BOUND, accountId: "dbid:C" })).toBe("after");
  },
);
