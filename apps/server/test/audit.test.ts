import type { AuditPage } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type OwnServer, startOwnServer, USER } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

let own: OwnServer;
let grace: Person;
let stranger: Person;
let units: ReadonlyMap<string, string>;
const id = (name: string) => units.get(name) ?? "";
const post = (path: string, body?: unknown) => own.call("POST", path, body);

beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_AUDIT_DAYS: "30" });
  await post("/api/administration/organizations", { name: "Elsewhere" });
  units = await unitIds(own);
  grace = await invite(own, "instance", id("First Space/Master"), "grace@example.org", "instance editor");
  stranger = await invite(own, "organization", id("Elsewhere"), "eve@example.org", "organization manager");
});
afterAll(() => own.dispose());

const audit = (organization: string, query = "", person: Pick<Person, "call"> = own) =>
  json<AuditPage>(person.call("GET", `/api/administration/organization/${id(organization)}/audit${query}`));
/** The newest first: who did what to what, and the details. */
const told = async (organization: string, person?: Pick<Person, "call">) =>
  (await audit(organization, "", person)).entries.map((one) =>
    [one.who, one.action, one.subject, one.details].filter((word) => word !== "").join(", "),
  );

test("what managers and members do is told, in the words of then, to managers of that organization alone", async () => {
  const instance = `/api/instances/${id("First Space/Master")}`;
  const unit = `/api/administration/instance/${id("First Space/Master")}`;
  await own.call("PUT", `${instance}/file?area=workspace&path=a.txt`, "a");
  const { id: snapshotId, takenAt } = await json<{ id: string; takenAt: string }>(post(`${instance}/snapshots`, {}));
  await grace.call("POST", `${instance}/always-on`, { on: true });
  await grace.call("POST", `${instance}/always-on`, { on: false });
  await grace.call("POST", `${instance}/snapshots/${snapshotId}/restore`, {});
  await post(`${instance}/distributions`, { paths: ["a.txt"], targets: [id("First Space/Distributed")] });
  await post(`${unit}/rename`, { name: "Main" });
  await post(`${unit}/archive`, { archived: true });
  await post(`${unit}/archive`, { archived: false });
  await post(`${unit}/members/role`, { userId: grace.id, role: "instance viewer" });
  await post(`${unit}/members/remove`, { userId: grace.id });
  await post(`/api/administration/instance/${id("First Space/Distributed")}/delete`, { alsoInDropbox: false });
  // What is refused was not done.
  expect((await grace.call("POST", `${unit}/delete`, { alsoInDropbox: false })).status).toBe(404);

  const who = "Ada Lovelace";
  const at = `${takenAt.slice(0, 16).replace("T", " ")} UTC`;
  const all = await told("Analytical Engines");
  expect(all.slice(0, 11)).toEqual([
    `${who}, delete, First Space › Distributed`,
    `${who}, remove member, First Space › Main, grace (grace@example.org)`,
    `${who}, change role, First Space › Main, grace (grace@example.org) is instance viewer now`,
    `${who}, bring back, First Space › Main`,
    `${who}, archive, First Space › Main`,
    `${who}, rename, First Space › Master, Main`,
    `${who}, distribute, First Space › Distributed, from First Space › Master`,
    `grace, restore, First Space › Master, ${at}`,
    "grace, not always on, First Space › Master",
    "grace, always on, First Space › Master",
    "grace, join, First Space › Master, instance editor",
  ]);
  expect(all).toContain(`${who}, invite, First Space › Master, grace@example.org as instance editor`);
  const theirs = await told("Elsewhere", stranger);
  expect(theirs).toContain(`${who}, create, Elsewhere, organization`);
  expect(theirs.join("\n")).not.toMatch(/First Space|grace/);
  const path = `/api/administration/organization/${id("Analytical Engines")}/audit`;
  expect((await stranger.call("GET", path)).status).toBe(404);
});

test("logins, failed ones and passwords are told of members, with no word of what was typed", async () => {
  const typed = "what somebody typed";
  for (const email of [USER.email, "eve@example.org", typed])
    expect((await post("/api/login", { email, password: typed })).status).toBe(401);
  await own.logIn();
  await post("/api/account/password", { current: USER.password, next: "another password" });
  const ofAda = (action: string) => `Ada Lovelace, ${action}`;
  await vi.waitFor(async () =>
    expect(await told("Elsewhere", stranger)).toEqual(
      expect.arrayContaining([ofAda("log in"), ofAda("log in failed"), ofAda("change password"), "eve, log in failed"]),
    ),
  );
  const [{ entries }, all] = [await audit("Analytical Engines"), await told("Analytical Engines")];
  // Eve is no member here.
  expect(all).toContain(ofAda("log in failed"));
  expect(all.join("\n")).not.toMatch(/eve|what somebody typed|password of|another password|correct horse/);
  expect(entries.every(({ address }) => address === "127.0.0.1")).toBe(true);
});

test("the log is read page by page, and forgets what is older than its operator keeps", async () => {
  const name = (number: number) => `Space ${number}`;
  const spaces = `/api/administration/organization/${id("Analytical Engines")}/spaces`;
  for (let number = 0; number < 55; number++) await post(spaces, { name: name(number) });
  const newest = await audit("Analytical Engines");
  expect([newest.entries.length, newest.more, newest.days]).toEqual([50, true, 30]);
  const older = await audit("Analytical Engines", `?before=${newest.entries.at(-1)?.id}`);
  expect(older.entries[0]?.subject).toBe(name(4));
  expect(older.more).toBe(false);

  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 29 * 24 * 3600_000 });
  try {
    await own.restart({ password: "another password" });
    expect((await audit("Analytical Engines")).more).toBe(true);
    vi.setSystemTime(Date.now() + 2 * 24 * 3600_000);
    await own.restart({ password: "another password" });
    // The login of two days ago, and this one.
    expect(await told("Analytical Engines")).toEqual(["Ada Lovelace, log in", "Ada Lovelace, log in"]);
  } finally {
    vi.useRealTimers();
  }
});
