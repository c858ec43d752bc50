import { FileSystemError, type OpenFile } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import {
  type Call,
  fileMetadata,
  refusal,
  type Script,
  type ScriptedDropbox,
  startScriptedDropbox,
} from "./scripted-dropbox.ts";
import {
  accountAt,
  at,
  folderOf,
  hashOf,
  outcome,
  someBytes,
  sourceOf,
  type Upload,
  until,
  uploadOf,
  writeAll,
} from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const START = "files/upload_session/start";
const APPEND = "files/upload_session/append_v2";
const FINISH = "files/upload_session/finish";
const MIB = 1024 * 1024;
const PART = 16 * MIB;
/** Three parts, the last one short. */
const CONTENT = someBytes(2 * PART + 5 * MIB);

/** A server with sessions that keeps what arrives. */
async function takingAll() {
  const dropbox = await startScriptedDropbox();
  const arrived = new Map<string, Buffer>();
  let sessions = 0;
  dropbox.on(START, () => {
    arrived.set(`session ${++sessions}`, Buffer.alloc(CONTENT.length));
    return { json: { session_id: `session ${sessions}` } };
  });
  const append: Script = ({ argument: { cursor }, body }) => {
    body.copy(arrived.get(cursor.session_id) ?? Buffer.alloc(0), cursor.offset);
    return { json: null };
  };
  const finish: Script = ({ argument: { cursor, commit } }) => ({
    json: fileMetadata(commit.path, {
      size: cursor.offset,
      content_hash: hashOf(arrived.get(cursor.session_id)?.subarray(0, cursor.offset) ?? ""),
    }),
  });
  dropbox.on(APPEND, append);
  dropbox.on(FINISH, finish);
  dropbox.on("files/get_metadata", () => refusal("path/not_found"));
  return Object.assign(dropbox, { append, finish });
}

const upload = (): Upload => uploadOf("large.bin", CONTENT);
const offsetOf = ({ argument }: Call): number => argument.cursor.offset / PART;
const offsetsAt = (dropbox: ScriptedDropbox) => dropbox.callsOf(APPEND).map(offsetOf);

async function outcomeOf(folder: ReturnType<typeof folderOf>, one: Upload): Promise<string> {
  const [result] = await writeAll(folder, [one]);
  return outcome(result);
}

describe("a large file", () => {
  test("goes in parts, side by side, of which the last one closes the session", async () => {
    const dropbox = await takingAll();
    let sent = 0;
    const watched: Upload = {
      ...upload(),
      progress(bytes) {
        sent += bytes;
      },
    };
    expect(await outcomeOf(folderOf(accountAt(dropbox.url)), watched)).toBe("file large.bin");
    expect(sent).toBe(CONTENT.length);
    expect(dropbox.callsOf(START)[0]?.argument).toEqual({ session_type: { ".tag": "concurrent" } });
    expect(dropbox.callsOf(APPEND).map(({ argument }) => argument.close)).toEqual([false, false, true]);
    expect(offsetsAt(dropbox).at(-1)).toBe(2);
    expect(dropbox.callsOf(FINISH)[0]?.argument.cursor).toEqual({ session_id: "session 1", offset: CONTENT.length });
  });

  test.each(["incorrect_offset", "closed"])(
    "whose part arrived though the answer was lost goes on: %s",
    async (tags) => {
      const dropbox = await takingAll();
      let lost = false;
      dropbox.on(APPEND, (call, nth) => {
        if (offsetOf(call) !== 2) return dropbox.append(call, nth);
        if (lost) return refusal(tags);
        lost = true;
        dropbox.append(call, nth);
        return "cut";
      });
      const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
      expect(await outcomeOf(folder, upload())).toBe("file large.bin");
      expect(offsetsAt(dropbox).filter((offset) => offset === 2)).toHaveLength(2);
    },
  );

  test("whose session takes no part is not committed, and the next try has a new session", async () => {
    const dropbox = await takingAll();
    dropbox.on(APPEND, () => refusal("not_found"));
    const folder = folderOf(accountAt(dropbox.url));
    expect(await outcomeOf(folder, upload())).toBe("not-found");
    expect(dropbox.callsOf(FINISH)).toHaveLength(0);
    dropbox.on(APPEND, dropbox.append);
    expect(await outcomeOf(folder, upload())).toBe("file large.bin");
    expect(dropbox.callsOf(START)).toHaveLength(2);
  });

  test("that was committed though the answer to its finish was lost is not committed again", async () => {
    const dropbox = await takingAll();
    dropbox.on("files/get_metadata", () => ({
      json: fileMetadata("/A/B/C/large.bin", { content_hash: hashOf(CONTENT), size: CONTENT.length }),
    }));
    dropbox.on(FINISH, () => "cut");
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    expect(await outcomeOf(folder, upload())).toBe("file large.bin");
    expect(dropbox.callsOf(FINISH)).toHaveLength(1);
  });
});

describe("a large file that changes while it is read", () => {
  const reading = (read: OpenFile["read"]): Upload => ({
    ...upload(),
    open: async () => ({ ...sourceOf(CONTENT), read }),
  });
  async function* shorter(start: number, end: number): AsyncGenerator<Uint8Array> {
    yield CONTENT.subarray(start, end - 1);
  }
  // biome-ignore lint/correctness/useYield: it fails before
  async function* broken(): AsyncGenerator<Uint8Array> {
    throw new FileSystemError("changed", at("large.bin"), "it changed");
  }
  async function* other(start: number, end: number): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(end - start, start === PART ? 1 : 0);
  }

  test.each<[string, Upload]>([
    ["is shorter by then", reading(shorter)],
    ["can't be read", reading(broken)],
    ["has other bytes", reading(other)],
    ["is another by the end", { ...upload(), open: async () => ({ ...sourceOf(CONTENT), verify: async () => false }) }],
  ])("and %s is never committed, and nothing of it is used again", async (_, changing) => {
    const clock = new TestClock("hasty");
    const dropbox = await takingAll();
    const folder = folderOf(accountAt(dropbox.url, { clock }));
    expect(await outcomeOf(folder, changing)).toBe("source-changed");
    expect(dropbox.callsOf(FINISH)).toHaveLength(0);
    expect(clock.slept).toEqual([]);
    expect(await outcomeOf(folder, upload())).toBe("file large.bin");
    expect(dropbox.callsOf(START)).toHaveLength(2);
  });
});

test("a part that was read torn, arrived and was not answered is not taken for the file's, when that is again what it was", async () => {
  const dropbox = await takingAll();
  const torn = Buffer.from(CONTENT).fill(7, MIB, 2 * MIB);
  const arrived = new Set<string>();
  let isDown = true;
  dropbox.on(APPEND, (call, nth) => {
    const part = `${call.argument.cursor.session_id} ${offsetOf(call)}`;
    if (arrived.has(part)) return isDown ? "cut" : refusal("incorrect_offset");
    arrived.add(part);
    const answer = dropbox.append(call, nth);
    return isDown ? "cut" : answer;
  });
  const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
  const rewritten = async () => ({ ...sourceOf(torn), verify: async () => false });
  expect(await outcomeOf(folder, { ...upload(), open: rewritten })).toBe("offline");
  isDown = false;
  // What is kept of it is given up, and it is sent anew.
  const outcomes = [await outcomeOf(folder, upload()), await outcomeOf(folder, upload())];
  expect(outcomes.at(-1)).toBe("file large.bin");
  expect(dropbox.callsOf(FINISH)).toHaveLength(outcomes.filter((one) => one === "file large.bin").length);
  for (const { argument } of dropbox.callsOf(FINISH)) expect(argument.cursor.session_id).not.toBe("session 1");
});

describe("an outage while a large file is under way", () => {
  test("is told within seconds; the next try sends the parts that are missing, and no other", async () => {
    const dropbox = await takingAll();
    dropbox.on(APPEND, async (call, nth) => {
      if (offsetOf(call) === 0) return dropbox.append(call, nth);
      await until("the first part has arrived", () => dropbox.callsOf(APPEND).some((other) => offsetOf(other) === 0));
      return "cut";
    });
    const clock = new TestClock("hasty");
    const account = accountAt(dropbox.url, { clock });
    let sent = 0;
    const watched = (): Upload => ({
      ...upload(),
      progress(bytes) {
        sent += bytes;
      },
    });
    expect(await outcomeOf(folderOf(account), watched())).toBe("offline");
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(7000);
    expect(sent).toBe(PART);
    const before = dropbox.callsOf(APPEND).length;
    dropbox.on(APPEND, dropbox.append);
    sent = 0;
    expect(await outcomeOf(folderOf(account), watched())).toBe("file large.bin");
    expect(dropbox.callsOf(START)).toHaveLength(1);
    expect(offsetsAt(dropbox).slice(before)).toEqual([1, 2]);
    expect(sent).toBe(CONTENT.length);
  });

  test("when all has arrived leaves nothing to do but to finish", async () => {
    const dropbox = await takingAll();
    dropbox.on(FINISH, () => "cut");
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    expect(await outcomeOf(folder, upload())).toBe("offline");
    const before = dropbox.callsOf(APPEND).length;
    dropbox.on(FINISH, dropbox.finish);
    expect(await outcomeOf(folder, { ...upload(), path: at("moved meanwhile.bin") })).toBe("file moved meanwhile.bin");
    expect(dropbox.callsOf(APPEND)).toHaveLength(before);
    expect(dropbox.callsOf(START)).toHaveLength(1);
  });

  test("or a stop of the engine: the same", async () => {
    const dropbox = await takingAll();
    const ending = new AbortController();
    dropbox.on(APPEND, async (call, nth) => {
      if (offsetOf(call) !== 2) return dropbox.append(call, nth);
      ending.abort(new Error("paused"));
      return "cut";
    });
    const folder = folderOf(accountAt(dropbox.url));
    await expect(writeAll(folder, [upload()], ending.signal)).rejects.toThrow("paused");
    dropbox.on(APPEND, dropbox.append);
    const before = dropbox.callsOf(APPEND).length;
    expect(await outcomeOf(folder, upload())).toBe("file large.bin");
    expect(offsetsAt(dropbox).slice(before)).toEqual([2]);
  });

  test("of half a day: it begins anew, since Dropbox forgets sessions", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await takingAll();
    dropbox.on(FINISH, () => "cut");
    const folder = folderOf(accountAt(dropbox.url, { clock }));
    expect(await outcomeOf(folder, upload())).toBe("offline");
    clock.advance(13 * 3600_000);
    dropbox.on(FINISH, dropbox.finish);
    expect(await outcomeOf(folder, upload())).toBe("file large.bin");
    expect(dropbox.callsOf(START)).toHaveLength(2);
  });

  test("that only its finish meets, again and again: in the end it begins anew (rclone/rclone#2158)", async () => {
    const dropbox = await takingAll();
    dropbox.on(FINISH, ({ argument }) =>
      argument.cursor.session_id === "session 1" ? { status: 503, text: "" } : "cut",
    );
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    let tries = 0;
    await until("a new session is started", async () => {
      tries++;
      expect(await outcomeOf(folder, upload())).toBe("offline");
      return dropbox.callsOf(START).length > 1;
    });
    expect(tries).toBe(6);
  });
});
