import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Administered, Instance } from "@twinfold/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

let own: OwnServer;
let ids: ReadonlyMap<string, string>;
const id = (name: string) => ids.get(name) ?? `there is no ${name}`;
const post = (path: string, body: unknown = {}) => own.call("POST", `/api/administration/${path}`, body);
const instancesOf = async (person: Pick<Person, "call">) =>
  (await json<Instance[]>(person.call("GET", "/api/instances"))).map((one) => one.remotePath);

let manager: Person;
let administrator: Person;
let editor: Person;
let viewer: Person;
beforeAll(async () => {
  own = await startOwnServer();
  expect((await post("organizations", { name: "Elsewhere" })).status).toBe(200);
  ids = await unitIds(own);
  await post(`organization/${id("Elsewhere")}/spaces`, { name: "Their Space" });
  ids = await unitIds(own);
  manager = await invite(own, "organization", id("Analytical Engines"), "manager@example.org", "organization manager");
  administrator = await invite(own, "space", id("First Space"), "admin@example.org", "space administrator");
  editor = await invite(own, "instance", id("First Space/Master"), "editor@example.org", "instance editor");
  viewer = await invite(own, "instance", id("First Space/Master"), "viewer@example.org", "instance viewer");
}, 120_000);
afterAll(() => own.dispose());

test("each role sees the instances that it reaches, and administers what it is to", async () => {
  const both = ["/Analytical Engines/First Space/Master", "/Analytical Engines/First Space/Distributed"];
  expect(await instancesOf(administrator)).toEqual(both);
  expect(await instancesOf(editor)).toEqual(both.slice(0, 1));
  expect(await instancesOf(viewer)).toEqual(both.slice(0, 1));
  // Managing an organization is no leave to read what its spaces work on.
  expect(await instancesOf(manager)).toEqual([]);
  const administers = async (person: Person) =>
    (await json<Administered>(person.call("GET", "/api/administration"))).map((one) => [
      one.name,
      one.manages,
      one.spaces.map((space) => space.name),
    ]);
  expect(await administers(manager)).toEqual([["Analytical Engines", true, ["First Space"]]]);
  expect(await administers(administrator)).toEqual([["Analytical Engines", false, ["First Space"]]]);
  expect(await administers(editor)).toEqual([]);
});

test("every change asks for the role: 403 for what is seen, 404 for what is not", async () => {
  const people = { manager, administrator, editor, viewer };
  const requests = (level: string, unitId: string): [string, unknown][] => [
    [`${level}/${unitId}/rename`, { name: "Renamed by who may not" }],
    [`${level}/${unitId}/archive`, { archived: true }],
    [`${level}/${unitId}/delete`, { alsoInDropbox: false }],
    [`${level}/${unitId}/members/role`, { userId: "x", role: "instance editor" }],
    [`${level}/${unitId}/members/remove`, { userId: "x" }],
    [`${level}/${unitId}/invitations`, { email: "x@example.org", role: "instance editor" }],
    [`${level}/${unitId}/invitations/withdraw`, { invitationId: "x" }],
    ...(level === "organization" ? [[`${level}/${unitId}/spaces`, { name: "x" }] as [string, unknown]] : []),
    ...(level === "space" ? [[`${level}/${unitId}/instances`, { name: "x" }] as [string, unknown]] : []),
  ];
  const expected: [keyof typeof people, string, string, number][] = [
    ["administrator", "organization", id("Analytical Engines"), 403],
    ["editor", "organization", id("Analytical Engines"), 403],
    ["editor", "space", id("First Space"), 403],
    ["editor", "instance", id("First Space/Master"), 403],
    ["viewer", "instance", id("First Space/Master"), 403],
    // Not hers to see: as if it did not exist.
    ["editor", "instance", id("First Space/Distributed"), 404],
    ["manager", "organization", id("Elsewhere"), 404],
    ["manager", "space", id("Their Space"), 404],
    ["administrator", "instance", id("Their Space/Master"), 404],
    ["viewer", "organization", "made up", 404],
  ];
  for (const [who, level, unitId, status] of expected) {
    for (const [path, body] of requests(level, unitId)) {
      const answer = await people[who].call("POST", `/api/administration/${path}`, body);
      expect([who, path, answer.status]).toEqual([who, path, status]);
    }
    const looked = await people[who].call("GET", `/api/administration/${level}/${unitId}/members`);
    expect(looked.status).toBe(status);
  }
  expect((await administrator.call("POST", "/api/administration/organizations", { name: "Mine" })).status).toBe(403);
  expect((await own.call("GET", "/api/administration", undefined, { cookie: "" })).status).toBe(401);
});

test("a new space has Master and Distributed, and its maker may work in it", async () => {
  const made = await manager.call("POST", `/api/administration/organization/${id("Analytical Engines")}/spaces`, {
    name: "Course / 2026",
  });
  expect(made.status).toBe(200);
  // A slash can't be in a folder's name in Dropbox: it is written otherwise there, and told.
  expect(await instancesOf(manager)).toEqual([
    "/Analytical Engines/Course ∕ 2026/Master",
    "/Analytical Engines/Course ∕ 2026/Distributed",
  ]);
  const [organization] = await json<Administered>(manager.call("GET", "/api/administration"));
  expect(organization?.spaces[0]).toMatchObject({ name: "Course / 2026", dropboxName: "Course ∕ 2026" });
});

test("names that would be one folder in Dropbox can't be two, whatever their case or what stands for them", async () => {
  const names = [
    ["organizations", "elsewhere"],
    [`organization/${id("Analytical Engines")}/spaces`, "FIRST space"],
    [`organization/${id("Analytical Engines")}/spaces`, "Course ∕ 2026"],
    [`space/${id("First Space")}/instances`, "master"],
  ] as const;
  for (const [path, name] of names) {
    const answer = await post(path, { name });
    expect([name, answer.status]).toEqual([name, 409]);
    expect(await answer.text()).toContain("choose another name");
  }
  expect((await post(`instance/${id("First Space/Master")}/rename`, { name: "Distributed" })).status).toBe(409);
  for (const name of ["", "   ", "x".repeat(101)]) {
    expect((await post(`space/${id("First Space")}/instances`, { name })).status).toBe(400);
  }
});

test("what is archived is out of sight, what runs in it ends, and it comes back as it was", async () => {
  const path = `/api/instances/${id("First Space/Master")}`;
  await editor.call("PUT", `${path}/file?area=workspace&path=kept.txt`, "kept");
  expect((await editor.call("POST", `${path}/application`)).status).toBe(200);
  for (const [level, name] of [
    ["instance", "First Space/Master"],
    ["space", "First Space"],
    ["organization", "Analytical Engines"],
  ] as const) {
    expect((await post(`${level}/${id(name)}/archive`, { archived: true })).status).toBe(200);
    expect(await instancesOf(editor)).toEqual([]);
    expect((await editor.call("GET", path)).status).toBe(404);
    expect((await editor.call("GET", `${path}/file?area=workspace&path=kept.txt`)).status).toBe(404);
    await post(`${level}/${id(name)}/archive`, { archived: false });
    expect(await instancesOf(editor)).toHaveLength(1);
  }
  expect(await json<Instance>(editor.call("GET", path))).toMatchObject({ applications: [] });
  expect(await (await editor.call("GET", `${path}/file?area=workspace&path=kept.txt`)).text()).toBe("kept");
});

test("an editor who becomes a viewer keeps no application, and may start none", async () => {
  const path = `/api/instances/${id("First Space/Master")}`;
  expect((await editor.call("POST", `${path}/application`)).status).toBe(200);
  const role = { userId: editor.id, role: "instance viewer" };
  expect((await post(`instance/${id("First Space/Master")}/members/role`, role)).status).toBe(200);
  expect(await json<Instance>(editor.call("GET", path))).toMatchObject({ applications: [] });
  const refused = await editor.call("POST", `${path}/application`);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("ask a space administrator");
  expect((await editor.call("PUT", `${path}/file?area=workspace&path=kept.txt`, "changed")).status).toBe(403);
  expect(await (await viewer.call("GET", `${path}/file?area=workspace&path=kept.txt`)).text()).toBe("kept");
});

test("a member who is removed finds nothing there any more, and what she ran has ended", async () => {
  await post(`instance/${id("First Space/Master")}/members/role`, { userId: editor.id, role: "instance editor" });
  const path = `/api/instances/${id("First Space/Master")}`;
  const started = await json<{ id: string }>(editor.call("POST", `${path}/application`));
  const removed = await post(`instance/${id("First Space/Master")}/members/remove`, { userId: editor.id });
  expect(removed.status).toBe(200);
  expect(await instancesOf(editor)).toEqual([]);
  expect((await editor.call("GET", path)).status).toBe(404);
  expect((await editor.call("POST", `/api/applications/${started.id}/stop`)).status).toBe(404);
  const again = await post(`instance/${id("First Space/Master")}/members/remove`, { userId: editor.id });
  expect(again.status).toBe(404);
});

test("an organization keeps its last manager", async () => {
  const me = await json<{ id: string }>(own.call("GET", "/api/me"));
  const answer = await post(`organization/${id("Elsewhere")}/members/remove`, { userId: me.id });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain("invite another one first");
});

test("what is deleted takes its files along, and nothing beside it", async () => {
  const files = (name: string) => join(own.folder, "files", id(name));
  for (const name of ["First Space/Master", "Their Space/Master", "Their Space/Distributed"]) {
    await own.call("PUT", `/api/instances/${id(name)}/file?area=workspace&path=a.txt`, "a");
    expect(existsSync(files(name))).toBe(true);
  }
  expect((await post(`instance/${id("Their Space/Distributed")}/delete`, { alsoInDropbox: false })).status).toBe(200);
  expect([existsSync(files("Their Space/Distributed")), existsSync(files("Their Space/Master"))]).toEqual([
    false,
    true,
  ]);
  expect((await post(`organization/${id("Elsewhere")}/delete`, { alsoInDropbox: false })).status).toBe(200);
  expect([existsSync(files("Their Space/Master")), existsSync(files("First Space/Master"))]).toEqual([false, true]);
  expect((await post(`organization/${id("Elsewhere")}/delete`, { alsoInDropbox: false })).status).toBe(404);
  expect((await unitIds(own)).has("Their Space")).toBe(false);
});
