import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { World } from "./harness.ts";

vi.setConfig({ testTimeout: 60_000 });

const world = new World();
beforeAll(() => world.begin(), 60_000);
afterAll(() => world.end());

const told = async (...args: string[]) => JSON.parse(await world.ok("limits", ...args, "--json"));
const refused = async (...args: string[]) => {
  const { code, err } = await world.run(["limits", ...args]);
  return `${code} ${err}`;
};
// Also where a test has failed half way.
beforeEach(() => world.ok("limits", "off"));
const inDropbox = async (path: string) => (await world.dropboxTree())[path]?.length ?? 0;

test("limits are shown, set one by one, and taken away", async () => {
  const none = { up: null, down: null, schedule: null };
  expect(await told()).toEqual({ ...none, now: { up: null, down: null, until: null } });
  expect(await world.ok("limits")).toBe("now: up no limit, down no limit\n");
  expect(await world.ok("limits", "set", "--up", "500K")).toBe("now: up 500 KB/s, down no limit\n");
  expect(await told("set", "--down", "1.5M")).toMatchObject({ up: 500_000, down: 1_500_000 });
  expect(await told()).toMatchObject({ now: { up: 500_000, down: 1_500_000, until: null } });
  expect(await told("set", "--up", "none")).toMatchObject({ up: null, down: 1_500_000 });
  expect(await told("off")).toMatchObject(none);
});

test("hours are added, say until when what holds now does, and are taken away by their number", async () => {
  await world.ok("limits", "set", "--up", "5M");
  const zone = ["--time-zone", "Asia/Tokyo"];
  const hours = ["schedule", "--days", "mon-fri", "--from", "08:00", "--to", "18:00", "--up", "1M", ...zone];
  const { schedule, now } = await told(...hours);
  const days = ["mon", "tue", "wed", "thu", "fri"];
  expect(schedule).toEqual({
    timeZone: "Asia/Tokyo",
    periods: [{ days, from: "08:00", to: "18:00", up: 1_000_000, down: null }],
  });
  expect(Date.parse(now.until)).toBeGreaterThan(Date.now());
  await world.ok("limits", "schedule", "--days", "sat,sun", "--from", "22:00", "--to", "06:00", "--down", "10K");
  const words = await world.ok("limits");
  expect(words).toMatch(
    /^now: up ([15] MB\/s, down no limit|no limit, down 10 KB\/s), until \w{3} \d\d:\d\d \(Asia\/Tokyo\)\n/,
  );
  expect(words).toContain("1. mon,tue,wed,thu,fri 08:00 to 18:00: up 1 MB/s, down no limit\n");
  expect(words).toContain("2. sat,sun 22:00 to 06:00 of the next day: up no limit, down 10 KB/s\n");
  expect(words).toContain("at all other hours: up 5 MB/s, down no limit\n");
  expect((await told("schedule", "--remove", "1")).schedule.periods).toHaveLength(1);
  expect(await refused("schedule", "--remove", "2")).toMatch(/^1 twinfold: there are no hours 2/);
  expect((await told("schedule", "--remove", "1")).schedule).toBe(null);
  await world.ok("limits", "off");
});

test.each([
  [["set"], "say which"],
  [["set", "--up", "5K"], "10K to 1G"],
  [["set", "--up", "fast"], "bytes a second"],
  [["schedule", "--days", "mon"], "hours need"],
  [["schedule", "--days", "monday", "--from", "08:00", "--to", "09:00"], "takes days"],
  [["schedule", "--days", "mon", "--from", "8", "--to", "09:00"], "takes a time"],
  [["schedule", "--days", "mon", "--from", "08:00", "--to", "09:00", "--time-zone", "Mars/Olympus"], "time zone"],
])("%j is refused", async (args, why) => {
  const said = await refused(...args);
  expect(said).toMatch(/^2 twinfold: /);
  expect(said).toContain(why);
});

test("the daemon that runs heeds them at once, for what is under way too", async () => {
  // By hours that are now, whatever the time is.
  await world.ok("limits", "schedule", "--days", "mon-sun", "--from", "00:00", "--to", "00:00", "--up", "10K");
  world.write("large.bin", "x".repeat(1_000_000));
  await vi.waitFor(async () => expect(JSON.parse(await world.ok("status", "--json")).state).toBe("syncing"), {
    timeout: 20_000,
    interval: 100,
  });
  // A hundred seconds at this pace.
  expect((await world.run(["wait", "--timeout", "2"])).code).toBe(1);
  expect(await inDropbox("large.bin")).toBe(0);
  await world.ok("limits", "off");
  await world.settle();
  expect(await inDropbox("large.bin")).toBe(1_000_000);
});

test("they are kept for the next start", async () => {
  await world.ok("limits", "set", "--up", "10K");
  await world.ok("stop");
  await world.ok("start");
  expect((await told()).up).toBe(10_000);
  world.write("next.bin", "y".repeat(1_000_000));
  expect((await world.run(["wait", "--timeout", "3"])).code).toBe(1);
  await world.ok("limits", "off");
  await world.settle();
  expect(await inDropbox("next.bin")).toBe(1_000_000);
});
