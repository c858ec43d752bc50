import { contentHash } from "@twinfold/dropbox-rules";
import type { ContentHash } from "@twinfold/engine";
import { expect, test } from "vitest";
import { WEEKDAYS } from "../src/limits.ts";
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
  throttle.limit({ up: 100_000, down: null, schedule: null });
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
  throttle.limit({ up: null, down: 10_000, schedule: null });
  const under = total(throttle.slowed("down", [new Uint8Array(1_000_000)], never));
  await new Promise(setImmediate);
  throttle.limit({ up: null, down: null, schedule: null });
  clock.advance(2_000);
  expect(await under).toBe(1_000_000);
  expect(clock.slept).toHaveLength(1);
});

test("hours at which other limits hold begin and end for what is under way too", async () => {
  const clock = new TestClock("hasty");
  const throttle = createThrottle(clock);
  // In ten seconds it is the full minute that the period begins with; a minute later it ends.
  const begins = new Date((Math.floor(clock.now() / 60_000) + 1) * 60_000);
  const time = (at: number) => new Date(at).toISOString().slice(11, 16);
  await clock.sleep(begins.getTime() - clock.now() - 10_000);
  const days = [...WEEKDAYS];
  const hours = { days, from: time(begins.getTime()), to: time(begins.getTime() + 60_000) };
  throttle.limit({
    ...{ up: 100_000, down: null },
    schedule: { timeZone: "UTC", periods: [{ ...hours, up: 10_000, down: null }] },
  });
  const before = clock.monotonic();
  // Ten seconds at 100 KB/s, sixty at 10 KB/s, and ten more at 100 KB/s.
  expect(await total(throttle.slowed("up", [new Uint8Array(2_600_000)], never))).toBe(2_600_000);
  expect(clock.monotonic() - before).toBeGreaterThan(78_000);
  expect(clock.monotonic() - before).toBeLessThan(82_500);
});

test("a way that is limited at some hour only is sent in pieces at any hour, so that the hour can begin", async () => {
  const throttle = createThrottle(new TestClock("hasty"));
  const period = { days: [...WEEKDAYS], from: "08:00", to: "09:00", up: 10_000, down: null };
  throttle.limit({ up: null, down: null, schedule: { timeZone: "UTC", periods: [period] } });
  expect([throttle.isLimited("up"), throttle.isLimited("down")]).toEqual([true, false]);
});

test("who is told to stop waits no longer", async () => {
  const throttle = createThrottle(new TestClock("patient"));
  throttle.limit({ up: 10_000, down: null, schedule: null });
  const end = new AbortController();
  const under = total(throttle.slowed("up", [new Uint8Array(100_000)], end.signal));
  end.abort(new Error("stopped"));
  await expect(under).rejects.toThrow("stopped");
});

test("an account sends at its throttle's pace, and what arrives is whole", async () => {
  const clock = new TestClock("hasty");
  const throttle = createThrottle(clock);
  throttle.limit({ up: 50_000, down: null, schedule: null });
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
