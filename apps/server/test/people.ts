import type { Administered, InvitationLink, Level, Role } from "@twinfold/api";
import { cookieOf } from "./caller.ts";
import type { OwnServer } from "./own-server.ts";

/** A user of the server beside its first one, as her browser asks. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly cookie: string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
}

export const json = async <T>(answer: Response | Promise<Response>): Promise<T> => (await (await answer).json()) as T;

/** Where an invitation's link carries what it is known by. */
export const tokenOf = (link: InvitationLink) => new URL(link.url).hash.slice(1);

/** Invited to a unit by the first user, and in. */
export async function invite(
  own: Pick<OwnServer, "call">,
  level: Level,
  id: string,
  email: string,
  role: Role,
): Promise<Person> {
  const invited = await own.call("POST", `/api/administration/${level}/${id}/invitations`, { email, role });
  const token = tokenOf(await json<InvitationLink>(invited));
  const [name = ""] = email.split("@");
  const accepted = await own.call(
    "POST",
    "/api/invitation/accept",
    { token, name, password: `password of ${name}` },
    { cookie: "" },
  );
  if (!accepted.ok) throw new Error(`the invitation was answered ${accepted.status}: ${await accepted.text()}`);
  const cookie = cookieOf(accepted);
  const { id: userId } = await json<{ id: string }>(accepted);
  return { id: userId, email, cookie, call: (method, path, body) => own.call(method, path, body, { cookie }) };
}

/** The ids of the units that the first user administers, by name: `Space` or `Space/Instance`, and the organizations'. */
export async function unitIds(own: Pick<OwnServer, "call">): Promise<ReadonlyMap<string, string>> {
  const all = await json<Administered>(own.call("GET", "/api/administration"));
  return new Map(
    all.flatMap((organization) => [
      [organization.name, organization.id],
      ...organization.spaces.flatMap((space): [string, string][] => [
        [space.name, space.id],
        ...space.instances.map((one): [string, string] => [`${space.name}/${one.name}`, one.id]),
      ]),
    ]),
  );
}
