import type { InvitationLink, Membership, OpenInvitation } from "@twinfold/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cookieOf } from "./caller.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, tokenOf, unitIds } from "./people.ts";

let own: OwnServer;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  own = await startOwnServer();
  ids = await unitIds(own);
}, 60_000);
afterAll(() => own.dispose());

const at = (level: string, name: string) => `/api/administration/${level}/${ids.get(name)}`;
const MASTER = () => at("instance", "First Space/Master");
async function invited(place: string, email: string, role: string): Promise<string> {
  const answer = await own.call("POST", `${place}/invitations`, { email, role });
  expect(answer.status).toBe(200);
  const link = await json<InvitationLink>(answer);
  expect(link.url.startsWith(`${own.url}/invitation#`)).toBe(true);
  return tokenOf(link);
}
const anybody = (path: string, body: unknown) => own.call("POST", `/api/invitation${path}`, body, { cookie: "" });
const accept = (token: string, given: object) => anybody("/accept", { token, ...given });
const MANAGER = "organization manager";
const membersOf = (place: string) => json<Membership>(own.call("GET", `${place}/members`));

test("a link says who invites to what, lets its reader set a password, and is good once", async () => {
  const token = await invited(MASTER(), "Grace@Example.org", "instance editor");
  expect((await membersOf(MASTER())).invitations).toMatchObject([{ email: "grace@example.org" }]);
  expect(await json<OpenInvitation>(anybody("", { token }))).toEqual({
    email: "grace@example.org",
    role: "instance editor",
    where: "Analytical Engines › First Space › Master",
    invitedBy: "Ada Lovelace",
    isNew: true,
  });
  expect((await accept(token, { name: "Grace", password: "short" })).status).toBe(400);
  expect((await accept(token, { password: "long enough a password" })).status).toBe(400);
  const accepted = await accept(token, { name: "Grace", password: "long enough a password" });
  expect(accepted.status).toBe(200);
  const cookie = cookieOf(accepted);
  expect(await json(own.call("GET", "/api/me", undefined, { cookie }))).toMatchObject({ name: "Grace" });
  expect(await membersOf(MASTER())).toMatchObject({
    invitations: [],
    members: [
      { email: "grace@example.org", role: "instance editor", through: "instance" },
      { email: "ada@example.org", role: "space administrator", through: "space" },
    ],
  });

  const again = await accept(token, { name: "Mallory", password: "long enough a password" });
  expect(again.status).toBe(404);
  expect(await again.text()).toContain("ask whoever invited you");
});

test("two who open one link at the same moment do not both come in", async () => {
  const token = await invited(MASTER(), "twice@example.org", "instance viewer");
  const tries = await Promise.all(
    ["one", "two"].map((name) => accept(token, { name, password: `password of ${name}` })),
  );
  expect(tries.filter((answer) => answer.status === 200)).toHaveLength(1);
});

test("whoever is known already comes in with her own password, and not by the link alone", async () => {
  const token = await invited(at("space", "First Space"), "grace@example.org", "space administrator");
  expect(await json(anybody("", { token }))).toMatchObject({ isNew: false, where: "Analytical Engines › First Space" });
  expect((await accept(token, { name: "Mallory", password: "another password" })).status).toBe(401);
  const accepted = await accept(token, { password: "long enough a password" });
  expect(await json(accepted)).toMatchObject({ name: "Grace" });
});

test("a newer link, or a word of the inviter, ends the former one; a member needs none", async () => {
  const first = await invited(MASTER(), "edith@example.org", "instance viewer");
  const second = await invited(MASTER(), "edith@example.org", "instance editor");
  expect((await anybody("", { token: first })).status).toBe(404);
  const [invitation] = (await membersOf(MASTER())).invitations;
  expect(invitation).toMatchObject({ email: "edith@example.org", role: "instance editor" });
  const body = { invitationId: invitation?.id };
  expect((await own.call("POST", `${MASTER()}/invitations/withdraw`, body)).status).toBe(200);
  expect((await accept(second, { name: "Edith", password: "long enough a password" })).status).toBe(404);
  const member = await own.call("POST", `${MASTER()}/invitations`, {
    email: "GRACE@example.org",
    role: "instance editor",
  });
  expect(member.status).toBe(409);
});

test("what somebody has invited to is good for as long as she may invite there, and no longer", async () => {
  const [space, organization] = [at("space", "First Space"), at("organization", "Analytical Engines")];
  const manager = await invite(own, "organization", ids.get("Analytical Engines") ?? "", "m@example.org", MANAGER);
  const administrator = await invite(
    own,
    "space",
    ids.get("First Space") ?? "",
    "a@example.org",
    "space administrator",
  );
  const inviting = async (person: Person, place: string, role: string) => {
    const email = `${role.replaceAll(" ", "-")}-of-${person.email}`;
    return tokenOf(await json<InvitationLink>(person.call("POST", `${place}/invitations`, { email, role })));
  };
  const remove = (place: string, { id }: Person) => own.call("POST", `${place}/members/remove`, { userId: id });
  const tokens = [
    await inviting(administrator, space, "space administrator"),
    await inviting(administrator, MASTER(), "instance editor"),
    await inviting(manager, organization, MANAGER),
    await inviting(manager, space, "space administrator"),
    await inviting(manager, MASTER(), "instance viewer"),
  ];
  const good = async () => Promise.all(tokens.map(async (token) => (await anybody("", { token })).status === 200));
  const listed = async () => {
    const all = await Promise.all([space, organization, MASTER()].map(membersOf));
    return all.flatMap(({ invitations }) => invitations.map(({ email }) => email)).length;
  };
  expect([await good(), await listed()]).toEqual([[true, true, true, true, true], 5]);

  await remove(organization, manager);
  expect([await good(), await listed()]).toEqual([[true, true, false, false, false], 2]);
  expect((await remove(space, administrator)).status).toBe(200);
  // She has a lower role again: that is none to invite by.
  const lower = await invited(MASTER(), administrator.email, "instance editor");
  expect((await accept(lower, { password: "password of a" })).status).toBe(200);
  expect([await good(), await listed()]).toEqual([[false, false, false, false, false], 0]);
  for (const token of tokens) {
    const refused = await accept(token, { name: "Mallory", password: "long enough a password" });
    expect([refused.status, await refused.text()]).toEqual([404, expect.stringContaining("may not invite")]);
  }
});

test("a role is given at its own level only", async () => {
  const refused = await own.call("POST", `${MASTER()}/invitations`, {
    email: "x@example.org",
    role: "organization manager",
  });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("instance editor or instance viewer");
});
