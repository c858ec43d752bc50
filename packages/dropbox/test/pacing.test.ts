import { describe, expect, test } from "vitest";
import { contentAnswer, fileMetadata, refusal, type ScriptedAnswer, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, at, folderOf, never, readAll, readOf, refused, until, uploadOf, writeAll } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const THERE: ScriptedAnswer = { json: fileMetadata("/A/B/C/a.txt") };
const ABC = Buffer.from("abc");
const readsOf = (count: number) => Array.from({ length: count }, (_, index) => readOf(`id:${index}`, ABC));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A server whose look-ups are answered by this, and one account there. */
async function lookingUp(answer: (path: string, nth: number) => ScriptedAnswer, clock: TestClock, chance = 0.5) {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/get_metadata", ({ argument }, nth) => answer(argument.path, nth));
  const account = accountAt(dropbox.url, { clock, chance });
  const lookUp = (name: string, signal = never) => folderOf(account).lookup(at(name), signal);
  return { dropbox, account, lookUp, asked: () => dropbox.callsOf("files/get_metadata").length };
}

describe("a pause that Dropbox asks for", () => {
  test("holds for every request of the account, in all its folders, to the last second", async () => {
    const clock = new TestClock("patient");
    const { dropbox, account, lookUp, asked } = await lookingUp(
      (path, nth) =>
        nth === 0 ? { status: 429, headers: { "retry-after": "300" }, json: {} } : { json: fileMetadata(path) },
      clock,
    );
    dropbox.on("files/upload", ({ argument }) => ({ json: fileMetadata(argument.path) }));
    const first = lookUp("a");
    await until("the first is told to wait", () => clock.sleeping === 1);
    const others = [
      folderOf(account, "/X/Y/Z").lookup(at("b"), never),
      writeAll(folderOf(account), [uploadOf("c", "c")]),
    ];
    await until("all wait", () => clock.sleeping === 3);
    clock.advance(299_999);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked()).toBe(1);
    expect(dropbox.callsOf("files/upload")).toHaveLength(0);
    clock.advance(1);
    await Promise.all([first, ...others]);
    expect(asked()).toBe(3);
  });

  test("may be asked for as often as Dropbox likes: it is there, and no one is told otherwise", async () => {
    const clock = new TestClock("hasty");
    const { lookUp, asked } = await lookingUp(
      (_, nth) => (nth < 20 ? { status: 503, headers: { "retry-after": "15" }, text: "" } : THERE),
      clock,
    );
    expect(await lookUp("a")).toMatchObject({ kind: "file" });
    expect(asked()).toBe(21);
    expect(clock.slept).toEqual(Array(20).fill(15_000));
  });

  test("is a second where it is asked for in plain text, without a time", async () => {
    const clock = new TestClock("hasty");
    const { lookUp } = await lookingUp(
      (_, nth) => (nth === 0 ? { status: 429, text: "too many requests" } : THERE),
      clock,
    );
    expect(await lookUp("a")).toMatchObject({ kind: "file" });
    expect(clock.slept).toEqual([1000]);
  });

  test("ends for one who no longer wants an answer", async () => {
    const clock = new TestClock("patient");
    const ending = new AbortController();
    const { lookUp } = await lookingUp(() => ({ status: 429, headers: { "retry-after": "300" }, json: {} }), clock);
    const waiting = lookUp("a", ending.signal);
    await until("it waits", () => clock.sleeping === 1);
    ending.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});

describe("connections that are cut", () => {
  test("are tried again after pauses that grow, each a random part of what it could be", async () => {
    const clock = new TestClock("hasty");
    const { lookUp } = await lookingUp((_, nth) => (nth < 4 ? "cut" : THERE), clock, 0.5);
    expect(await lookUp("a")).toMatchObject({ kind: "file" });
    expect(clock.slept).toEqual([125, 250, 500, 1000]);
  });

  test("are offline after five to seven seconds", async () => {
    for (const chance of [0.2, 0.99]) {
      const clock = new TestClock("hasty");
      const { lookUp } = await lookingUp(() => "cut", clock, chance);
      await refused("offline", lookUp("a"));
      expect(sum(clock.slept)).toBeGreaterThanOrEqual(5000);
      expect(sum(clock.slept)).toBeLessThan(7000);
    }
  });

  test("are borne once for the whole account: who comes later hears at once that it is offline", async () => {
    const clock = new TestClock("hasty");
    const { lookUp, asked } = await lookingUp(() => "cut", clock);
    await refused("offline", lookUp("a"));
    const before = { asked: asked(), slept: clock.slept.length };
    await refused("offline", lookUp("b"));
    expect(asked()).toBe(before.asked + 1);
    expect(clock.slept).toHaveLength(before.slept);
  });

  test("of long ago say nothing about now", async () => {
    const clock = new TestClock("hasty");
    let there = false;
    const { lookUp } = await lookingUp((_, nth) => (there && nth % 2 === 0 ? THERE : "cut"), clock);
    await refused("offline", lookUp("a"));
    clock.advance(60_000);
    there = true;
    expect(await lookUp("b")).toMatchObject({ kind: "file" });
  });

  test("are not waited for any longer once another request is answered", async () => {
    const clock = new TestClock("patient");
    let there = false;
    const { lookUp, asked } = await lookingUp(() => (there ? THERE : "cut"), clock);
    const waiting = [lookUp("a"), lookUp("b"), lookUp("c")];
    await until("all sleep", () => clock.sleeping === 3);
    there = true;
    await lookUp("d");
    for (const entry of await Promise.all(waiting)) expect(entry).toMatchObject({ kind: "file" });
    expect(asked()).toBe(7);
  });

  test("of one request alone do not make it ask without end because others are answered", async () => {
    const clock = new TestClock("patient");
    const { lookUp, asked } = await lookingUp((path) => (path.endsWith("bad") ? "cut" : THERE), clock);
    const bad = lookUp("bad");
    for (let count = 0; count < 20; count++) {
      await until("it sleeps", () => clock.sleeping === 1);
      await lookUp("good");
    }
    expect(asked() - 20).toBe(2);
    const told = refused("offline", bad);
    for (let count = 0; count < 8; count++) {
      clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await told;
  });
});

describe("errors that Dropbox answers", () => {
  test("500 and 503 without a time are offline after some seconds, like connections that are cut", async () => {
    const clock = new TestClock("hasty");
    const { lookUp } = await lookingUp((_, nth) => ({ status: nth % 2 === 0 ? 503 : 500, text: "" }), clock);
    await refused("offline", lookUp("a"));
    expect(sum(clock.slept)).toBeGreaterThanOrEqual(5000);
    expect(sum(clock.slept)).toBeLessThan(7000);
  });

  test("being busy with other writes is borne for half a minute", async () => {
    const clock = new TestClock("hasty");
    const { lookUp } = await lookingUp(() => refusal("path/too_many_write_operations"), clock);
    await refused("offline", lookUp("a"));
    expect(sum(clock.slept)).toBeGreaterThanOrEqual(30_000);
    expect(sum(clock.slept)).toBeLessThan(32_000);
  });
});

describe("how many transfers are under way", () => {
  test("grows with success and shrinks when Dropbox refuses", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await startScriptedDropbox();
    let busy = false;
    dropbox.on("files/download", async (call) => {
      // Answered when no more come: all that may be under way are.
      for (let come = -1; come !== dropbox.calls.length; ) {
        come = dropbox.calls.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (!busy) return contentAnswer(ABC, call);
      busy = false;
      return { status: 503, headers: { "retry-after": "1" }, text: "" };
    });
    const folder = folderOf(accountAt(dropbox.url, { clock }));
    const fetchSome = async (count: number) => {
      const before = dropbox.calls.length;
      await readAll(folder, readsOf(count));
      return dropbox.mostAtOnce(["files/download"], before);
    };
    expect(await fetchSome(4)).toBe(4);
    const wide = await fetchSome(60);
    expect(wide).toBeGreaterThan(8);
    expect(wide).toBeLessThanOrEqual(16);
    busy = true;
    await fetchSome(1);
    expect(await fetchSome(8)).toBeLessThanOrEqual(wide / 2 + 1);
  });

  test("is no reason to wait for one who no longer wants to begin", async () => {
    const dropbox = await startScriptedDropbox();
    const held: (() => void)[] = [];
    dropbox.on("files/download", async (call) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return contentAnswer(ABC, call);
    });
    const account = accountAt(dropbox.url);
    const long = readAll(folderOf(account), readsOf(4));
    await until("all places are taken", () => held.length === 4);
    const ending = new AbortController();
    const other = readAll(folderOf(account, "/X/Y/Z"), readsOf(1), ending.signal);
    ending.abort(new Error("enough"));
    await expect(other).rejects.toThrow("enough");
    for (const release of held) release();
    await long;
    expect(dropbox.callsOf("files/download")).toHaveLength(4);
  });
});
