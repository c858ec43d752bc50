import { describe, expect, test } from "vitest";
import {
  type Call,
  fileMetadata,
  nestedTags,
  refusal,
  type Script,
  type ScriptedAnswer,
  type ScriptedDropbox,
  startScriptedDropbox,
} from "./scripted-dropbox.ts";
import {
  accountAt,
  folderOf,
  hashOf,
  outcome,
  outcomes,
  sourceOf,
  type Upload,
  until,
  uploadOf,
  writeAll,
} from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const START = "files/upload_session/start_batch";
const APPEND = "files/upload_session/append_batch";
const FINISH = "files/upload_session/finish_batch_v2";
const SUCCESS = { ".tag": "success" };
const failed = (tags: string) => ({ ".tag": "failure", failure: nestedTags(tags) });

/** As long as Dropbox's are. */
const sessionId = (number: number) => `pid_upload_session:${`${number}`.padStart(80, "x")}`;

const appended: Script = ({ argument }) => ({ json: { entries: argument.entries.map(() => SUCCESS) } });
const entryOf = (commit: { path: string }) => ({
  ...SUCCESS,
  ...fileMetadata(commit.path, { content_hash: hashOf(nameOf(commit.path)) }),
  ".tag": "success",
});
const finished: Script = ({ argument }) => ({
  json: { entries: argument.entries.map(({ commit }: { commit: { path: string } }) => entryOf(commit)) },
});
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const pathsOf = ({ argument }: Call) =>
  argument.entries.map(({ commit }: { commit: { path: string } }) => nameOf(commit.path));

/** A server that takes all that it is given, each file's content being its name. */
async function takingAll(): Promise<ScriptedDropbox> {
  const dropbox = await startScriptedDropbox();
  let sessions = 0;
  dropbox.on(START, ({ argument }) => ({
    json: { session_ids: Array.from({ length: argument.num_sessions }, () => sessionId(++sessions)) },
  }));
  dropbox.on(APPEND, appended);
  dropbox.on(FINISH, finished);
  dropbox.on("check/user", ({ argument }) => ({ json: { result: argument.query } }));
  dropbox.on("files/get_metadata", () => refusal("path/not_found"));
  return dropbox;
}

const named = (count: number): Upload[] =>
  Array.from({ length: count }, (_, index) => uploadOf(`${index}`, `${index}`));
const allOf = (count: number) => Array.from({ length: count }, (_, index) => `file ${index}`);
const folderAt = (dropbox: ScriptedDropbox, clock = new TestClock("hasty")) =>
  folderOf(accountAt(dropbox.url, { clock }));
const argumentLength = ({ headers }: Call) => headers["dropbox-api-arg"]?.length ?? 0;

describe("many small files", () => {
  test("are one start, one append and one finish", async () => {
    const dropbox = await takingAll();
    expect(await outcomes(folderAt(dropbox), named(90))).toEqual(allOf(90));
    expect(dropbox.callsOf(START)).toHaveLength(1);
    expect(dropbox.callsOf(APPEND)).toHaveLength(1);
    expect(dropbox.callsOf(FINISH)).toHaveLength(1);
    const [append] = dropbox.callsOf(APPEND);
    expect(append?.argument.content_hash).toBe(hashOf(append?.body ?? ""));
    expect(append?.argument.entries[1]).toEqual({
      cursor: { session_id: sessionId(2), offset: 0 },
      length: 1,
      close: true,
    });
  });

  test("that are more than one batch: the next is sent while one is committed, and committed after it", async () => {
    const dropbox = await takingAll();
    const sent = () => dropbox.callsOf(APPEND).reduce((sum, { argument }) => sum + argument.entries.length, 0);
    const committed = () => dropbox.callsOf(FINISH).reduce((sum, { argument }) => sum + argument.entries.length, 0);
    dropbox.on(FINISH, async (call, nth) => {
      const before = committed();
      if (nth < 2) await until("the next batch has been sent", () => sent() > before);
      return finished(call, nth);
    });
    expect(await outcomes(folderAt(dropbox), named(600))).toEqual(allOf(600));
    expect(dropbox.callsOf(FINISH).map(({ argument }) => argument.entries.length)).toEqual([90, 360, 150]);
    expect(dropbox.mostAtOnce([FINISH])).toBe(1);
  });

  test("of which some have changed: those alone are not committed", async () => {
    const dropbox = await takingAll();
    const [torn, ...others] = named(8);
    if (torn === undefined) throw new Error("eight");
    const changed = { ...torn, open: async () => ({ ...sourceOf(Buffer.from("0")), verify: async () => false }) };
    expect(await outcomes(folderAt(dropbox), [changed, ...others])).toEqual(["source-changed", ...allOf(8).slice(1)]);
    expect(dropbox.callsOf(FINISH).flatMap(pathsOf)).not.toContain("0");
  });

  test("that were appended though the answer was lost are taken for what they are", async () => {
    const dropbox = await takingAll();
    const again = ({ argument }: Call) => ({
      json: {
        entries: argument.entries.map((_: unknown, index: number) =>
          failed(index % 2 === 0 ? "closed" : "incorrect_offset"),
        ),
      },
    });
    dropbox.on(APPEND, (call, nth) => (nth === 0 ? "cut" : again(call)));
    expect(await outcomes(folderAt(dropbox), named(8))).toEqual(allOf(8));
  });
});

describe("finish_batch_v2", () => {
  test("is asked again for the files that Dropbox was too busy for, with no byte sent twice", async () => {
    const dropbox = await takingAll();
    dropbox.on(FINISH, ({ argument }, nth) => ({
      json: {
        entries: argument.entries.map(({ commit }: { commit: { path: string } }) =>
          nth < 3 && Number(nameOf(commit.path)) % 2 === 1 ? failed("too_many_write_operations") : entryOf(commit),
        ),
      },
    }));
    expect(await outcomes(folderAt(dropbox), named(8))).toEqual(allOf(8));
    const odd = ["1", "3", "5", "7"];
    expect(dropbox.callsOf(FINISH).map(pathsOf)).toEqual([["0", "1", "2", "3", "4", "5", "6", "7"], odd, odd, odd]);
    expect(dropbox.callsOf(APPEND)).toHaveLength(1);
  });

  test("refuses each by itself", async () => {
    const dropbox = await takingAll();
    const tags = ["path/conflict/file", "path/insufficient_space", "path/disallowed_name", "lookup_failed/not_found"];
    dropbox.on(FINISH, ({ argument }) => ({
      json: {
        entries: argument.entries.map(({ commit }: { commit: { path: string } }, index: number) =>
          tags[index] === undefined ? entryOf(commit) : failed(tags[index]),
        ),
      },
    }));
    expect(await outcomes(folderAt(dropbox), named(6))).toEqual([
      "conflict",
      "full",
      "refused",
      "mismatch",
      "file 4",
      "file 5",
    ]);
    expect(dropbox.callsOf("files/get_metadata")).toHaveLength(0);
  });

  test("whose answer was lost is asked again, and what it did already is found", async () => {
    const dropbox = await takingAll();
    dropbox.on("files/get_metadata", ({ argument }) => {
      const name = nameOf(argument.path);
      if (name === "5") return refusal("path/not_found");
      const content_hash = hashOf(name === "4" ? "theirs" : name);
      return { json: fileMetadata(argument.path, { content_hash, rev: "0fedcba987" }) };
    });
    const twice = ({ argument }: Call): ScriptedAnswer => ({
      json: { entries: argument.entries.map(() => failed("lookup_failed/not_found")) },
    });
    dropbox.on(FINISH, (call, nth) => (nth === 0 ? "cut" : twice(call)));
    expect(await outcomes(folderAt(dropbox), named(6))).toEqual([...allOf(4), "mismatch", "mismatch"]);
  });
});

describe("an outage in the middle of a batch", () => {
  test("before its end: the next try sends no byte again that has arrived", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await takingAll();
    const folder = folderAt(dropbox, clock);
    dropbox.on(FINISH, () => "cut");
    const uploads = named(8);
    expect(new Set((await writeAll(folder, uploads)).map(outcome))).toEqual(new Set(["offline"]));
    dropbox.on(FINISH, finished);
    const more = uploadOf("new", "new");
    expect((await writeAll(folder, [...uploads, more])).map(outcome)).toEqual([...allOf(8), "file new"]);
    expect(dropbox.callsOf(START).map(({ argument }) => argument.num_sessions)).toEqual([8, 1]);
    expect(dropbox.callsOf(APPEND).map(({ argument }) => argument.entries.length)).toEqual([8, 1]);
  });

  test("while its bytes are sent does not make the arguments shorter", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await takingAll();
    const folder = folderAt(dropbox, clock);
    for (const route of [APPEND, "check/user"]) dropbox.on(route, () => "cut");
    expect(new Set((await writeAll(folder, named(90))).map(outcome))).toEqual(new Set(["offline"]));
    const before = dropbox.callsOf(APPEND);
    expect(before.length).toBeLessThanOrEqual(4);
    dropbox.on(APPEND, appended);
    expect((await writeAll(folder, named(90))).map(outcome)).toEqual(allOf(90));
    expect(Math.max(...dropbox.callsOf(APPEND).map(argumentLength))).toBe(Math.max(...before.map(argumentLength)));
  });
});

describe("append_batch's argument, which travels in a header", () => {
  /** A server before which something refuses longer headers than `limit` bytes, in this way. */
  async function bounded(limit: number, refusal: ScriptedAnswer): Promise<ScriptedDropbox> {
    const dropbox = await takingAll();
    dropbox.on(APPEND, (call, nth) => (argumentLength(call) > limit ? refusal : appended(call, nth)));
    return dropbox;
  }

  test("begins at 16 KiB, and grows while it works, to no more than 56 KiB", async () => {
    const dropbox = await takingAll();
    await outcomes(folderAt(dropbox), named(3000));
    const lengths = dropbox.callsOf(APPEND).map(argumentLength);
    expect(Math.max(...lengths.slice(0, 2))).toBeLessThanOrEqual(16.5 * 1024);
    expect(Math.max(...lengths)).toBeGreaterThan(48 * 1024);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(56.5 * 1024);
  });

  test.each<[string, ScriptedAnswer]>([
    ["400", { status: 400, text: "" }],
    ["413", { status: 413, text: "" }],
    ["431", { status: 431, text: "" }],
    ["a cut connection", "cut"],
  ])("is made shorter after %s, and what works is remembered by the whole account", async (_, refusal) => {
    const dropbox = await bounded(6000, refusal);
    const account = accountAt(dropbox.url, { clock: new TestClock("hasty") });
    expect(await outcomes(folderOf(account), named(1000))).toEqual(allOf(1000));
    const before = dropbox.calls.length;
    expect(await outcomes(folderOf(account, "/X/Y/Z"), named(1000))).toEqual(allOf(1000));
    const later = dropbox.calls
      .slice(before)
      .filter(({ route }) => route === APPEND)
      .map(argumentLength);
    expect(later.filter((length) => length > 6000)).toHaveLength(0);
    expect(Math.max(...later)).toBeGreaterThan(3000);
  });

  test("is not made ever shorter for what has another reason, and is as long as ever afterwards", async () => {
    const dropbox = await bounded(10, { status: 400, text: "no" });
    const folder = folderAt(dropbox);
    expect(new Set(await outcomes(folder, named(100)))).toEqual(new Set(["refused"]));
    expect(dropbox.callsOf(APPEND).length).toBeLessThan(60);
    dropbox.on(APPEND, appended);
    const before = dropbox.calls.length;
    expect(await outcomes(folder, named(100))).toEqual(allOf(100));
    expect(dropbox.calls.slice(before).filter(({ route }) => route === APPEND).length).toBeLessThanOrEqual(2);
  });
});
