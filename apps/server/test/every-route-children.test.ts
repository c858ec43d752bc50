import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type {
  ActivityEntry,
  DistributionNotice,
  Instance,
  InvitationLink,
  Membership,
  Snapshot,
  Undo,
} from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";
import { RULES } from "./route-rules.ts";

/**
 * Who administers an instance of her own asks there for things of another's: a route that looked for the thing alone, and not for the
 * thing in this instance, would hand it out.
 */
let linked: LinkedServer;
let stranger: Person;
/** A member of the instance that things were distributed to. */
let member: Person;
/** The one that is not hers, with all things, and the one to which they were distributed. */
let theirs: string;
let target: string;
/** Her own, and another one of hers. */
let hers: string;
let hersToo: string;
const ids: Record<string, string> = { which: "was" };
/** Her own things. */
const own = { snapshotId: "", distributionId: "" };

const at = (instance: string, path = "") => `/api/instances/${instance}${path}`;
const get = <T>(path: string, person: Pick<Person, "call"> = linked.own) => json<T>(person.call("GET", path));
const post = async <T>(path: string, body: unknown = {}, person: Pick<Person, "call"> = linked.own) => {
  const answer = await person.call("POST", path, body);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
};
const root = (instance: string) => join(linked.own.folder, "files", instance);
function put(instance: string, path: string, content: string): void {
  mkdirSync(dirname(join(root(instance), path)), { recursive: true });
  writeFileSync(join(root(instance), path), content);
}
const entries = async () => (await get<{ entries: ActivityEntry[] }>(at(theirs, "/activity"))).entries;
const undos = async () => (await get<{ undos: Undo[] }>(at(theirs, "/undos"))).undos;

/** A content that Dropbox has replaced. @returns the entry of that */
async function replacedInDropbox(path: string): Promise<string> {
  put(theirs, path, "first");
  await vi.waitFor(async () => expect((await linked.inDropbox())[path]).toBe("first"), PATIENCE);
  await linked.putInDropbox(path, "second");
  return vi.waitFor(async () => {
    const found = (await entries()).find((one) => one.path === path && one.undo === "possible");
    if (found === undefined) throw new Error("it was not told yet");
    return found.id;
  }, PATIENCE);
}

beforeAll(async () => {
  linked = await startLinkedServer();
  theirs = linked.id;
  await post("/api/administration/organizations", { name: "Elsewhere" });
  const elsewhere = (await unitIds(linked.own)).get("Elsewhere");
  await post(`/api/administration/organization/${elsewhere}/spaces`, { name: "Their Space" });
  const units = await unitIds(linked.own);
  target = units.get("First Space/Distributed") ?? "";
  hers = units.get("Their Space/Master") ?? "";
  hersToo = units.get("Their Space/Distributed") ?? "";
  stranger = await invite(linked.own, "space", units.get("Their Space") ?? "", "s@example.org", "space administrator");
  member = await invite(linked.own, "instance", target, "member@example.org", "instance editor");
  for (const instance of [theirs, hers]) put(instance, "a.txt", `of ${instance}`);
  put(theirs, "secret.txt", "theirs alone");

  ids.applicationId = (await post<{ id: string }>(at(theirs, "/application"))).id;
  await linked.becomes("up to date");
  ids.entryId = await replacedInDropbox("replaced.txt");
  await post(at(theirs, `/activity/${await replacedInDropbox("undone.txt")}/undo`));
  ids.undoId = await vi.waitFor(async () => {
    const [undo] = await undos();
    expect(undo?.state).toBe("done");
    return undo?.id ?? "";
  }, PATIENCE);
  ids.snapshotId = (await post<Snapshot>(at(theirs, "/snapshots"))).id;
  const distribution = { paths: ["secret.txt"], targets: [target], notify: true };
  ids.distributionId = (await post<{ id: string }>(at(theirs, "/distributions"), distribution)).id;
  await vi.waitFor(async () => expect(await notices()).toHaveLength(1), PATIENCE);
  const tus = { "tus-resumable": "1.0.0", "upload-length": "5" };
  const begun = await linked.own.call("POST", at(theirs, "/uploads?area=workspace&path=b.txt"), undefined, tus);
  ids.uploadId = begun.headers.get("location")?.split("/").at(-1) ?? "";
  put(theirs, "to go.txt", "deleted");
  const said = (action: string, side: string) =>
    vi.waitFor(async () => {
      const found = (await entries()).map((one) => [one.path, one.action, one.side]);
      expect(found).toContainEqual(["to go.txt", action, side]);
    }, PATIENCE);
  await said("upload", "dropbox");
  ids.deletedId = (await post<{ id: string }>(at(theirs, "/delete"), { area: "workspace", path: "to go.txt" })).id;
  for (const side of ["platform", "dropbox"]) await said("delete", side);
  await post<InvitationLink>(`/api/administration/instance/${theirs}/invitations`, {
    ...{ email: "later@example.org", role: "instance viewer" },
  });
  ids.invitationId = (await membersOf(theirs)).invitations[0]?.id ?? "";
  ids.sessionId = (await get<{ sessions: { id: string }[] }>("/api/account/sessions")).sessions[0]?.id ?? "";

  own.snapshotId = (await post<Snapshot>(at(hers, "/snapshots"), {}, stranger)).id;
  const ownDistribution = { paths: ["a.txt"], targets: [hersToo] };
  own.distributionId = (await post<{ id: string }>(at(hers, "/distributions"), ownDistribution, stranger)).id;
  await vi.waitFor(() => expect(existsSync(join(root(hersToo), "a.txt"))).toBe(true), PATIENCE);
  await linked.becomes("up to date");
  expect(Object.values(ids)).not.toContain("");
}, 180_000);
afterAll(() => linked.dispose());

const notices = async () => (await get<{ notices: DistributionNotice[] }>("/api/distribution-notices", member)).notices;
const membersOf = (instance: string) => get<Membership>(`/api/administration/instance/${instance}/members`);

/** All that somebody could have changed. */
async function everything(): Promise<unknown> {
  const files: Record<string, string> = {};
  for (const instance of [theirs, target, hers, hersToo]) {
    for (const path of readdirSync(root(instance), { recursive: true, encoding: "utf8" })) {
      if (path.startsWith(".twinfold")) continue;
      const place = join(root(instance), path);
      files[`${instance}/${path}`] = lstatSync(place).isFile() ? readFileSync(place, "utf8") : "folder";
    }
  }
  const instances = [theirs, target, hers, hersToo];
  const { applications } = await get<Instance>(at(theirs));
  const upload = await linked.own.call("HEAD", at(theirs, `/uploads/${ids.uploadId}`), undefined, {
    "tus-resumable": "1.0.0",
  });
  return {
    ...{ files, applications, entries: await entries(), undos: await undos(), notices: await notices() },
    deleted: await get(at(theirs, "/deleted?area=workspace")),
    upload: [upload.status, upload.headers.get("upload-offset")],
    distributions: await get(at(theirs, "/distributions")),
    members: await Promise.all(instances.map(membersOf)),
    snapshots: await Promise.all(instances.map((id) => get(at(id, "/snapshots")))),
  };
}

/** @returns the status, and the code of an error */
async function ask(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await stranger.call(method, path, body);
  const text = await answer.text();
  expect(text).not.toContain("theirs alone");
  // What is only looked at by HEAD has no code.
  const code = () => (method === "HEAD" ? "not-found" : JSON.parse(text).error?.code);
  return answer.ok ? String(answer.status) : `${answer.status} ${code()}`;
}

test("an address that names another's thing in one's own instance finds none, by any route, and changes nothing", async () => {
  const before = await everything();
  const routes = Object.keys(RULES).filter((route) => /\{(?!id\}|level\})\w+\}/.test(route));
  expect(routes.length).toBeGreaterThanOrEqual(11);
  const answers: Record<string, string> = {};
  for (const route of routes) {
    const { query, body } = RULES[route] ?? {};
    const [method = "", template = ""] = route.split(" ");
    const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => (key === "id" ? hers : (ids[key] ?? "")));
    const given = body === undefined ? body : JSON.parse(JSON.stringify(body).replace("MASTER", hersToo));
    answers[route] = await ask(method, `${path}${query === undefined ? "" : `?${query}`}`, given);
  }
  // What is put away is put away, whether it was there or not: what a made-up id is answered, too.
  const isPutAway = (route: string) => route.endsWith("/put-away");
  expect(answers).toEqual(
    Object.fromEntries(routes.map((route) => [route, isPutAway(route) ? "200" : "404 not-found"])),
  );
  expect(await everything()).toEqual(before);
});

test("what a request names beside its address is looked for in one's own instances alone, too", async () => {
  const before = await everything();
  const unit = `/api/administration/instance/${hers}`;
  const asked: [string, string, unknown?][] = [
    ["GET", at(hers, `/snapshots/${own.snapshotId}/compare?with=${ids.snapshotId}`)],
    ["GET", at(hers, `/snapshots/${ids.snapshotId}/compare?with=${own.snapshotId}`)],
    ["POST", at(hers, `/snapshots/${own.snapshotId}/restore`), { into: theirs }],
    ["POST", at(hers, `/snapshots/${ids.snapshotId}/restore`), { into: hersToo }],
    ["POST", at(hers, "/distributions"), { paths: ["a.txt"], targets: [hersToo, theirs] }],
    ["POST", at(hers, "/distributions"), { paths: ["secret.txt"], targets: [hersToo], snapshotId: ids.snapshotId }],
    ["POST", at(hers, `/distributions/${ids.distributionId}/undo`), {}],
    ["POST", at(hers, `/distributions/${ids.distributionId}/undo`), { targetId: target }],
    ["POST", at(hers, `/distributions/${own.distributionId}/undo`), { targetId: target }],
    ["POST", at(hers, "/deleted/bring-back"), { area: "workspace", id: ids.deletedId }],
    ["POST", at(hers, "/deleted/bring-back"), { area: "personal", id: ids.deletedId }],
    ["POST", `${unit}/invitations/withdraw`, { invitationId: ids.invitationId }],
    ["POST", `${unit}/members/role`, { userId: member.id, role: "instance viewer" }],
    ["POST", `${unit}/members/remove`, { userId: member.id }],
  ];
  const answers: string[] = [];
  for (const [method, path, body] of asked) answers.push(`${path} ${await ask(method, path, body)}`);
  expect(answers).toEqual(asked.map(([, path]) => `${path} 404 not-found`));
  // As with what is put away: there is none any more, whether there was one or not.
  for (const area of ["workspace", "personal"])
    await ask("POST", at(hers, "/deleted/forget"), { area, id: ids.deletedId });
  expect(await everything()).toEqual(before);
});
