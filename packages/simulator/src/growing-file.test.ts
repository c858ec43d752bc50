import { expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

/** Milliseconds between two lines: it never stands still for long enough to be taken for finished. */
const EVERY = 15;
const MINUTE = 60_000;

test("a file that is appended to for a minute is in Dropbox again and again, each time as it was at one moment, and at the end whole", async () => {
  const world = new ToldWorld();
  const { time, here, there } = world;
  await world.rest();
  here.write("log", "");
  const versions = new Set<string>();
  let text = "";
  let behind = 0;
  let since = 0;
  for (let now = 0; now < MINUTE; now += EVERY) {
    text += `line ${now / EVERY}\n`;
    here.append("log", text.slice(here.text("log").length));
    await time.advance(EVERY);
    if (!there.exists("log")) continue;
    const version = there.text("log");
    if (!versions.has(version)) since = now;
    behind = Math.max(behind, now - since);
    versions.add(version);
  }
  const torn = [...versions].filter(
    (version) => !text.startsWith(version) || !(version === "" || version.endsWith("\n")),
  );
  expect(torn).toEqual([]);
  // What it lacks there is never older than five seconds, for which the first version is waited.
  expect(behind).toBeLessThanOrEqual(5_000);
  expect(versions.size).toBeGreaterThan(MINUTE / 5_000);
  await world.rest();
  expect([there.text("log"), here.text("log")]).toEqual([text, text]);
  expect([...there.tree().keys()]).toEqual(["log"]);
});
