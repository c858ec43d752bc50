import { contentHash } from "@twinfold/dropbox-rules";
import type { ContentHash } from "@twinfold/engine";
import { expect, test } from "vitest";
import { createThrottle } from "../src/throttle.ts";
import { fileMetadata, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, folderOf, never, outcomes, uploadOf } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

async function total(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of content) bytes += piece.length;
  return bytes;
}

test("a content takes as long as its way's limit says, and those who share the way share the limit", async () => {
  const clock = new TestClock("hasty");
  const throttle = createThrottle(clock);
  throttle.limit({ up: 100_000, down: null });
  const contents = [new Uint8Array(300_000), new Uint8Array(700_000)];
  const sizes = await Promise.all(contents.map((one) => total(throttle.slowed("up", [one], never))));
  expect(sizes).toEqual([300_000, 700_000]);
  // But for the last piece, which has its turn at once.
  expect(clock.monotonic()).toBeGreaterThan(9_800);
  expect(clock.monotonic()).toBeLessThanOrEqual(10_000);
  const before = clock.monotonic();
  expect(await total(throttle.slowed("down", contents, never))).toBe(1_000_000);
  expect(clock.monotonic()).toBe(before);
});

test("a limit that changes counts from then on, for what is under way too", async () => {
  const clock = new TestClock("patient");
  const throttle = createThrottle(clock);
  throttle.limit({ up: null, down: 10_000 });
  const under = total(throttle.slowed("down", [new Uint8Array(1_000_000)], never));
  await new Promise(setImmediate);
  throttle.limit({ up: null, down: null });
  clock.advance(2_000);
  expect(await under).toBe(1_000_000);
  expect(clock.slept).toHaveLength(1);
});

test("who is told to stop waits no longer", async () => {
  const throttle = createThrottle(new TestClock("patient"));
  throttle.limit({ up: 10_000, down: null });
  const end = new AbortController();
  const under = total(throttle.slowed("up", [new Uint8Array(100_000)], end.signal));
  end.abort(new Error("stopped"));
  await expect(under).rejects.toThrow("stopped");
});

test("an account sends at its throttle's pace, and what arrives is whole", async () => {
  const clock = new TestClock("hasty");
  const throttle = createThrottle(clock);
  throttle.limit({ up: 50_000, down: null });
  const dropbox = await startScriptedDropbox();
  const content = new Uint8Array(200_000).map((_, at) => at % 251);
  dropbox.on("files/upload", ({ body }) => {
    expect(contentHash(body)).toBe(contentHash(content));
    return { json: fileMetadata("/A/B/C/a", { content_hash: contentHash(content) as ContentHash }) };
  });
  const folder = folderOf(accountAt(dropbox.url, { clock, throttle }));
  expect(await outcomes(folder, [uploadOf("a", content)])).toEqual(["file a"]);
  expect(clock.monotonic()).toBeGreaterThan(3_500);
});
