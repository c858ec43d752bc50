import { FileSystemError } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import {
  contentAnswer,
  fileMetadata,
  refusal,
  type Script,
  type ScriptedAnswer,
  startScriptedDropbox,
} from "./scripted-dropbox.ts";
import { accountAt, at, collect, folderOf, readAll, readOf, refused, someBytes, until } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const DOWNLOAD = "files/download";
const CONTENT = someBytes(1024 * 1024);

/** A server whose downloads are answered so, and how one is fetched from it. */
async function downloading(script: Script, clock = new TestClock("hasty")) {
  const dropbox = await startScriptedDropbox();
  dropbox.on(DOWNLOAD, script);
  const folder = folderOf(accountAt(dropbox.url, { clock }));
  const landed: Buffer[] = [];
  let progress = 0;
  const fetchIt = async () => {
    const read = readOf("id:1", CONTENT, async (content) => {
      landed.push(await collect(content));
    });
    const watched = Object.assign(read, {
      progress(bytes: number) {
        progress += bytes;
      },
    });
    const [result] = await readAll(folder, [watched]);
    if (result?.error !== undefined) throw result.error;
  };
  const ranges = () => dropbox.callsOf(DOWNLOAD).map(({ headers }) => headers.range ?? "all");
  return { dropbox, folder, fetchIt, landed, ranges, progress: () => progress };
}

/** The whole answer, of which only so many bytes arrive. */
function cutAfter(bytes: number, answer: ScriptedAnswer): ScriptedAnswer {
  if (answer === "cut") return answer;
  return { ...answer, cutAfter: bytes };
}

describe("a download", () => {
  test("is asked for by id, so that it is found wherever it is by now", async () => {
    const { dropbox, fetchIt, landed } = await downloading((call) => contentAnswer(CONTENT, call));
    await fetchIt();
    expect(landed).toEqual([CONTENT]);
    expect(dropbox.callsOf(DOWNLOAD)[0]?.argument).toEqual({ path: "id:1" });
  });

  test("that breaks goes on from there, and lands whole", async () => {
    const { fetchIt, landed, ranges, progress } = await downloading((call, nth) =>
      nth < 3 ? cutAfter(100_000, contentAnswer(CONTENT, call)) : contentAnswer(CONTENT, call),
    );
    await fetchIt();
    expect(landed).toEqual([CONTENT]);
    expect(progress()).toBe(CONTENT.length);
    expect(ranges()[0]).toBe("all");
    expect(ranges()).toHaveLength(4);
    expect(ranges()[3]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  test("that breaks where no parts are given lands whole all the same", async () => {
    const { fetchIt, landed } = await downloading((_, nth) => {
      const whole = contentAnswer(CONTENT, { headers: {} });
      return nth === 0 ? cutAfter(100_000, whole) : whole;
    });
    await fetchIt();
    expect(landed).toEqual([CONTENT]);
  });

  test("that never begins is tried like any request, and is offline after seconds", async () => {
    const clock = new TestClock("hasty");
    const { fetchIt, landed } = await downloading((call) => cutAfter(0, contentAnswer(CONTENT, call)), clock);
    await refused("offline", fetchIt());
    expect(clock.slept.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(7000);
    expect(landed).toEqual([]);
  });

  test("that has begun survives an outage of minutes, and takes back its progress when it does not", async () => {
    const outage = (minutes: number, clock: TestClock): Script => {
      let cutAt: number | null = null;
      return (call) => {
        cutAt ??= clock.monotonic();
        if (call.headers.range === undefined) return cutAfter(100_000, contentAnswer(CONTENT, call));
        return clock.monotonic() - cutAt < minutes * 60_000 ? "cut" : contentAnswer(CONTENT, call);
      };
    };
    const short = new TestClock("hasty");
    const survives = await downloading(outage(9, short), short);
    await survives.fetchIt();
    expect(survives.landed).toEqual([CONTENT]);
    const long = new TestClock("hasty");
    const ends = await downloading(outage(11, long), long);
    await refused("offline", ends.fetchIt());
    expect(ends.landed).toEqual([]);
    expect(ends.progress()).toBe(0);
  });

  test("of another version by now is not fetched, and halves of two versions are never joined", async () => {
    const other = someBytes(CONTENT.length, 2);
    const whole = await downloading((call) => contentAnswer(other, call));
    await refused("mismatch", whole.fetchIt());
    const half = await downloading((call, nth) =>
      nth === 0 ? cutAfter(100_000, contentAnswer(CONTENT, call)) : contentAnswer(other, call),
    );
    await refused("mismatch", half.fetchIt());
    expect([...whole.landed, ...half.landed]).toEqual([]);
  });

  test("of a file that is shorter by now has nothing where it was to go on", async () => {
    const { fetchIt } = await downloading((call, nth) =>
      nth === 0 ? cutAfter(100_000, contentAnswer(CONTENT, call)) : { status: 416, text: "The range lies outside." },
    );
    await refused("mismatch", fetchIt());
  });

  test("that brings more than was announced is stopped", async () => {
    const metadata = fileMetadata("/A/B/C/a", { content_hash: undefined });
    const { fetchIt, landed } = await downloading(() => ({
      headers: { "dropbox-api-result": JSON.stringify(metadata) },
      text: Buffer.concat([CONTENT, CONTENT]),
    }));
    await refused("mismatch", fetchIt());
    expect(landed).toEqual([]);
  });

  test("that something else answers is no content", async () => {
    const { fetchIt, landed } = await downloading(() => ({ text: "<html>Log in to the hotel's network</html>" }));
    await refused("offline", fetchIt());
    expect(landed).toEqual([]);
  });

  test.each([
    ["path/not_found", "not-found"],
    ["path/restricted_content", "refused"],
    ["unsupported_file", "refused"],
  ] as const)("that Dropbox refuses: %s is %s", async (tags, code) => {
    const { fetchIt } = await downloading(() => refusal(tags));
    await refused(code, fetchIt());
  });
});

describe("a receiver", () => {
  test("that fails ends its download, tells why, and holds no connection", async () => {
    const { dropbox, folder } = await downloading((call) => contentAnswer(CONTENT, call));
    const full = new FileSystemError("full", at("a"), "the disk is full");
    const refusing = Array.from({ length: 40 }, (_, index) =>
      readOf(
        `id:${index}`,
        CONTENT,
        index % 2 === 0
          ? () => Promise.reject(full)
          : async (content) => {
              for await (const _ of content) throw full;
            },
      ),
    );
    const results = await readAll(folder, refusing);
    expect(results.map(({ error }) => error?.cause)).toEqual(Array(40).fill(full));
    const [good] = await readAll(folder, [readOf("id:good", CONTENT)]);
    expect(good?.error).toBeUndefined();
    expect(dropbox.callsOf(DOWNLOAD).length).toBeLessThanOrEqual(41);
  });

  test("that is slow is waited for, and a stop ends it", async () => {
    const { dropbox, folder } = await downloading((call) => contentAnswer(CONTENT, call));
    const ending = new AbortController();
    let began = false;
    const slow = readOf("id:1", CONTENT, async (content) => {
      for await (const _ of content) {
        began = true;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const reading = readAll(folder, [slow], ending.signal);
    await until("it has begun", () => began);
    ending.abort(new Error("enough"));
    await expect(reading).rejects.toThrow("enough");
    expect(dropbox.callsOf(DOWNLOAD)).toHaveLength(1);
  });
});
