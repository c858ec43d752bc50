import { describe, expect, test } from "vitest";
import { contentAnswer, refusal, type ScriptedAnswer, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, at, collect, folderOf, hashOf, never, readAll, readOf, someBytes } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";
import { streamedZip } from "./zip-files.ts";

const NAMES = Array.from({ length: 12 }, (_, index) => `sub/f${index}`);
const CONTENTS = NAMES.map((_, index) => someBytes(40_000 + index * 1_000, index + 1));
const ZIP = "files/download_zip";
const ONE = "files/download";

const zipped = (names: readonly string[] = NAMES.map((name) => `C/${name}`), contents = CONTENTS) =>
  names.map((name, index) => ({ name, content: contents[index] as Buffer }));

function zipAnswer(zip: Buffer, fields: object = {}): ScriptedAnswer {
  return { headers: { "dropbox-api-result": "{}" }, text: zip, ...fields };
}

/** Fetches all files from a server that answers so for the zip file; one by one it gives each. */
async function fetching(answer: ScriptedAnswer) {
  const dropbox = await startScriptedDropbox();
  dropbox.on(ZIP, () => answer);
  dropbox.on(ONE, (call) => contentAnswer(CONTENTS[Number(call.argument.path.slice(3))] as Buffer, call));
  const landed = new Map<string, number>();
  let progress = 0;
  const reads = NAMES.map((name, index) => {
    const content = CONTENTS[index] as Buffer;
    const read = readOf(`id:${index}`, content, async (pieces) => {
      const bytes = await collect(pieces);
      if (hashOf(bytes) !== read.hash) throw new Error("not what was announced");
      landed.set(name, (landed.get(name) ?? 0) + 1);
    });
    return Object.assign(read, {
      path: at(name),
      progress(bytes: number) {
        progress += bytes;
      },
    });
  });
  const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
  const results = await readAll(folder, reads, never, () => ({ entries: NAMES.length + 1, bytes: 600_000 }));
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  expect([...landed.keys()].sort()).toEqual([...NAMES].sort());
  expect(progress).toBe(CONTENTS.reduce((sum, { length }) => sum + length, 0));
  return { zips: dropbox.callsOf(ZIP).map(({ argument }) => argument), singles: dropbox.callsOf(ONE).length };
}

describe("a folder fetched as a zip file", () => {
  test.each([true, false])(
    "comes in one request, though its sizes stand behind the contents; deflated: %s",
    async (deflated) => {
      const { zips, singles } = await fetching(zipAnswer(streamedZip(zipped(), { deflated })));
      expect([zips, singles]).toEqual([[{ path: "/A/B/C" }], 0]);
    },
  );

  test("is found by Dropbox's idea of names, whatever the folder itself is called by now", async () => {
    const names = NAMES.map((name) => `another name/${name.toUpperCase()}`);
    expect((await fetching(zipAnswer(streamedZip(zipped(names), { deflated: true })))).singles).toBe(0);
  });

  test("that breaks off leaves the rest to be fetched one by one", async () => {
    const zip = streamedZip(zipped(), { deflated: false });
    const { singles } = await fetching(zipAnswer(zip, { cutAfter: zip.length / 2 }));
    expect(singles).toBeGreaterThan(4);
    expect(singles).toBeLessThan(9);
  });

  test("with other contents than were announced brings those by themselves", async () => {
    const contents = CONTENTS.map((content, index) => (index === 3 ? someBytes(content.length, 99) : content));
    contents[5] = Buffer.concat([contents[5] as Buffer, Buffer.alloc(1_000_000)]);
    expect((await fetching(zipAnswer(streamedZip(zipped(undefined, contents), { deflated: false })))).singles).toBe(2);
  });

  test("brings nothing by a name that nobody asked for, and nothing twice", async () => {
    const evil = ["/etc/passwd", "C/../../etc/passwd", "C/sub/../sub/f0", "C/other", "", "C/sub/f1", "C/sub/f1"];
    const all = [...zipped(), ...zipped(evil)];
    expect((await fetching(zipAnswer(streamedZip(all, { deflated: true })))).singles).toBe(0);
  });

  test.each([
    ["too much for one", refusal("too_many_files")],
    ["no zip file", zipAnswer(Buffer.from("this is no zip file".repeat(100)))],
    ["nothing", zipAnswer(Buffer.alloc(0))],
    [
      "a broken one",
      zipAnswer(Buffer.concat([streamedZip(zipped(), { deflated: true }).subarray(0, 60), someBytes(9_000)])),
    ],
  ])("that is %s is fetched one by one", async (_, answer) => {
    expect((await fetching(answer)).singles).toBe(NAMES.length);
  });
});
