import { describe } from "vitest";
import { bothWays, inOneWorld, scenario } from "./scenario.ts";
import { mkdir, move, remove, rotate, swap, write } from "./sides.ts";

/** The hard part of a move is to know it for one: these are found at the next start, with no watching in between. */
const UNSEEN = { while: "stopped", noTransfer: true } as const;

inOneWorld();

describe("names that go round, while nothing runs", () => {
  bothWays((here) => `two files exchanged ${here}`, {
    ...UNSEEN,
    given: { a: "1", b: "2" },
    here: [swap("a", "b")],
    outcome: { a: "2", b: "1" },
    kept: { a: "b", b: "a" },
  });
  bothWays((here) => `two folders exchanged ${here}`, {
    ...UNSEEN,
    given: { "a/1": "1", "b/2": "2" },
    here: [swap("a", "b")],
    outcome: { "a/2": "2", "b/1": "1" },
    kept: { a: "b", b: "a", "a/1": "b/1", "b/2": "a/2" },
  });
  bothWays((here) => `two files in different folders exchanged ${here}`, {
    ...UNSEEN,
    given: { "d/a": "1", "e/a": "2" },
    here: [swap("d/a", "e/a")],
    outcome: { "d/a": "2", "e/a": "1" },
    kept: { "d/a": "e/a", "e/a": "d/a" },
  });
  bothWays((here) => `a file and a folder exchanged ${here}`, {
    ...UNSEEN,
    given: { a: "1", "b/2": "2" },
    here: [swap("a", "b")],
    outcome: { "a/2": "2", b: "1" },
    kept: { a: "b", b: "a", "b/2": "a/2" },
  });
  bothWays((here) => `three files rotated ${here}`, {
    ...UNSEEN,
    given: { a: "1", b: "2", c: "3" },
    here: [rotate("a", "b", "c")],
    outcome: { a: "3", b: "1", c: "2" },
    kept: { a: "b", b: "c", c: "a" },
  });
  bothWays((here) => `three folders rotated ${here}`, {
    ...UNSEEN,
    given: { "a/1": "1", "b/2": "2", "c/3": "3" },
    here: [rotate("a", "b", "c")],
    outcome: { "a/3": "3", "b/1": "1", "c/2": "2" },
    kept: { a: "b", b: "c", c: "a", "a/1": "b/1" },
  });
  bothWays((here) => `a chain of renames ${here}`, {
    ...UNSEEN,
    given: { a: "1", b: "2", c: "3", d: "4" },
    here: [move("d", "e"), move("c", "d"), move("b", "c"), move("a", "b")],
    outcome: { b: "1", c: "2", d: "3", e: "4" },
    kept: { a: "b", b: "c", c: "d", d: "e" },
  });
  bothWays((here) => `a chain of renames, its freed name taken by a new file ${here}`, {
    while: "stopped",
    given: { "log.1": "one", "log.2": "two" },
    here: [move("log.2", "log.3"), move("log.1", "log.2"), write("log.1", "new")],
    outcome: { "log.1": "new", "log.2": "one", "log.3": "two" },
    kept: { "log.1": "log.2", "log.2": "log.3" },
  });
  bothWays((here) => `a folder and the folder in it exchange places ${here}`, {
    ...UNSEEN,
    given: { "a/1": "1", "a/b/2": "2" },
    here: [move("a/b", "b"), move("a", "b/a")],
    outcome: { "b/2": "2", "b/a/1": "1" },
    kept: { a: "b/a", "a/b": "b", "a/1": "b/a/1", "a/b/2": "b/2" },
  });
  bothWays((here) => `a folder takes the name of its own parent ${here}`, {
    ...UNSEEN,
    given: { "a/a/1": "1" },
    here: [move("a/a", "aside"), remove("a"), move("aside", "a")],
    outcome: { "a/1": "1" },
    kept: { "a/a": "a", "a/a/1": "a/1" },
  });
});

/** The engine may see any of the steps: what it does of them must not get in the way of the next. */
describe("names that go round, while the engine runs", () => {
  const given = { a: "1", b: "2", c: "3", "x/1": "1", "y/2": "2", "z/3": "3" };
  bothWays((here) => `files and folders exchanged, rotated and moved ${here}, one after the other`, {
    while: "running",
    given,
    here: [swap("a", "b"), rotate("x", "y", "z"), move("c", "d"), move("a", "c"), swap("x", "z")],
    outcome: { b: "1", c: "2", d: "3", "x/2": "2", "y/1": "1", "z/3": "3" },
  });
  bothWays((here, there) => `two files exchanged ${here}, one of them edited ${there}: the edit goes with it`, {
    while: ["paused", "stopped"],
    given: { a: "1", b: "2" },
    here: [swap("a", "b")],
    there: [write("a", "edited")],
    outcome: { a: "2", b: "edited" },
  });
});

describe("there and back", () => {
  bothWays((here) => `from A to B and back to A ${here}: nothing happened`, {
    ...UNSEEN,
    given: { a: "1", "d/in": "2" },
    here: [move("a", "b"), move("b", "a"), move("d", "e"), move("e", "d")],
    outcome: { a: "1", "d/in": "2" },
    kept: { a: "a", d: "d", "d/in": "d/in" },
  });
  scenario("moved on disk, moved back while the engine sends it", {
    while: "running",
    given: { "d/1": "1", "d/2": "2" },
    disk: [move("d", "e"), move("e", "d"), move("d", "e"), move("e", "d")],
    outcome: { "d/1": "1", "d/2": "2" },
    kept: { d: "d", "d/1": "d/1" },
  });
  bothWays((here, there) => `from A to B ${here}, and from A to B and back ${there}: it is at B`, {
    // An engine that sees both at B for a moment takes that for agreed, and the way back for news.
    ...UNSEEN,
    given: { a: "1" },
    here: [move("a", "b")],
    there: [move("a", "b"), move("b", "a")],
    outcome: { b: "1" },
    kept: { a: "b" },
    noTransfer: true,
  });
  bothWays((here) => `deleted and made again with the same content ${here}: nothing is to be sent`, {
    ...UNSEEN,
    given: { "a.txt": "1", "d/in": "2" },
    here: [remove("a.txt"), write("a.txt", "1"), remove("d"), write("d/in", "2")],
    outcome: { "a.txt": "1", "d/in": "2" },
  });
});

describe("moves that cross", () => {
  scenario("each side moves a folder into the other's: both moves are made", {
    given: { "x/1": "1", "y/2": "2", "z/3": "3" },
    disk: [move("x", "y/x")],
    dropbox: [move("y", "z/y")],
    outcome: { "z/3": "3", "z/y/2": "2", "z/y/x/1": "1" },
    kept: { x: "z/y/x", y: "z/y", "x/1": "z/y/x/1" },
    noTransfer: true,
  });
  scenario("the same two files exchanged on both sides: nothing is to be done", {
    ...UNSEEN,
    given: { a: "1", b: "2" },
    disk: [swap("a", "b")],
    dropbox: [swap("a", "b")],
    outcome: { a: "2", b: "1" },
    kept: { a: "b", b: "a" },
  });
  scenario("rotated one way on disk, the other way in Dropbox: Dropbox's way wins", {
    ...UNSEEN,
    given: { a: "1", b: "2", c: "3" },
    disk: [rotate("a", "b", "c")],
    dropbox: [rotate("c", "b", "a")],
    outcome: { a: "2", b: "3", c: "1" },
    kept: { a: "c", b: "a", c: "b" },
  });
  bothWays((here, there) => `a file moved ${here} into a folder that is moved ${there}`, {
    given: { "a.txt": "1", "d/in": "2" },
    here: [move("a.txt", "d/a.txt")],
    there: [move("d", "e")],
    outcome: { "e/a.txt": "1", "e/in": "2" },
    kept: { "a.txt": "e/a.txt", d: "e" },
    noTransfer: true,
  });
  bothWays((here, there) => `a file moved ${here} into a folder that is deleted ${there}`, {
    given: { "a.txt": "1", "d/in": "2" },
    here: [move("a.txt", "d/a.txt")],
    there: [remove("d")],
    outcome: { "d/a.txt": "1" },
  });
  bothWays((here, there) => `a file moved ${here} out of a folder that is deleted ${there}: it is kept`, {
    given: { "d/a.txt": "1", "d/in": "2" },
    here: [move("d/a.txt", "a.txt")],
    there: [remove("d")],
    outcome: { "a.txt": "1" },
  });
  bothWays((here, there) => `a folder moved ${here}, what is in it replaced ${there}: it is moved with the new`, {
    given: { "d/1": "1", "to/": "" },
    here: [move("d", "to/d")],
    there: [write("d/new", "2"), remove("d/1")],
    outcome: { "to/d/new": "2" },
    kept: { d: "to/d" },
  });
});

describe("moved and edited", () => {
  scenario("a folder moved in Dropbox while a file in it is edited on disk: the edit follows", {
    given: { "d/e/a.txt": "1", "d/b.txt": "1" },
    disk: [write("d/e/a.txt", "2"), write("d/new.txt", "3")],
    dropbox: [move("d", "moved")],
    outcome: { "moved/e/a.txt": "2", "moved/b.txt": "1", "moved/new.txt": "3" },
    kept: { d: "moved", "d/e/a.txt": "moved/e/a.txt" },
  });
  scenario("a folder moved on disk while a file in it is edited in Dropbox: the edit follows", {
    given: { "d/e/a.txt": "1", "d/b.txt": "1" },
    disk: [move("d", "moved")],
    dropbox: [write("d/e/a.txt", "2"), write("d/new.txt", "3")],
    outcome: { "moved/e/a.txt": "2", "moved/b.txt": "1", "moved/new.txt": "3" },
  });
  bothWays((here) => `a file moved and then edited ${here}, while nothing runs`, {
    while: "stopped",
    given: { "a.txt": "1", "d/": "" },
    here: [move("a.txt", "d/b.txt"), write("d/b.txt", "2")],
    outcome: { "d/b.txt": "2" },
  });
  bothWays((here) => `a folder and what is in it renamed ${here}, from the top down`, {
    ...UNSEEN,
    given: { "a/b/c": "1" },
    here: [move("a", "A1"), move("A1/b", "A1/B1"), move("A1/B1/c", "A1/B1/C1")],
    outcome: { "A1/B1/C1": "1" },
    kept: { a: "A1", "a/b": "A1/B1", "a/b/c": "A1/B1/C1" },
  });
  bothWays((here) => `moved into a folder that was just made ${here}`, {
    ...UNSEEN,
    given: { a: "1", "d/in": "2" },
    here: [mkdir("new/deeper"), move("a", "new/deeper/a"), move("d", "new/d")],
    outcome: { "new/deeper/a": "1", "new/d/in": "2" },
    kept: { a: "new/deeper/a", d: "new/d" },
  });
  bothWays((here) => `what a folder held is moved out, then the folder is deleted ${here}`, {
    ...UNSEEN,
    given: { "d/a": "1", "d/e/b": "2" },
    here: [move("d/a", "a"), move("d/e", "e"), remove("d")],
    outcome: { a: "1", "e/b": "2" },
    kept: { "d/a": "a", "d/e": "e" },
  });
  scenario("a file moved over another on disk: the first is moved, the other gone", {
    while: "stopped",
    given: { a: "1", b: "2" },
    disk: [move("a", "b")],
    outcome: { b: "1" },
  });
  scenario("a folder of many files moved while the engine runs: no content is sent again", {
    while: "running",
    given: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d/${i % 6}/${i}.txt`, `${i}`])),
    disk: [move("d", "moved")],
    outcome: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`moved/${i % 6}/${i}.txt`, `${i}`])),
    kept: { d: "moved", "d/0/0.txt": "moved/0/0.txt" },
  });
});
