import { randomUUID } from "node:crypto";
import { type Invitation, type OpenInvitation, type Role, SHORTEST_PASSWORD, type Unit } from "@twinfold/api";
import type { Kysely } from "kysely";
import { type Accounts, insertUser, passwordHash } from "./accounts.ts";
import type { Database } from "./database/schema.ts";
import { COLUMN_OF, checkRole, columnsOf, unitOf } from "./members.ts";
import { inviterMayAdminister } from "./permissions.ts";
import { RequestError } from "./server-error.ts";
import { newToken, tokenHash } from "./tokens.ts";
import type { From } from "./web-sessions.ts";

/** How long a link is good for, in milliseconds. */
const LIFE = 14 * 24 * 3600_000;

/**
 * Invitations by e-mail address. There is no mail server: the link is for whoever invites to pass on. It is good for as long as
 * she may invite there herself: nobody comes back by a link that she has made for that before she was removed.
 */
export function createInvitations(database: Kysely<Database>, accounts: Accounts) {
  const now = () => new Date().toISOString();
  const at = (unit: Unit, email: string) =>
    database
      .selectFrom("members")
      .innerJoin("users", "users.id", "members.user_id")
      .where("users.email", "=", email)
      .where(`members.${COLUMN_OF[unit.level]}`, "=", unit.id)
      .select("users.id")
      .executeTakeFirst();

  /** @throws RequestError 404, in the same words for one that was never there, and one that is not good any more */
  async function find(token: string) {
    const row = await database
      .selectFrom("invitations")
      .innerJoin("users", "users.id", "invitations.invited_by")
      .selectAll("invitations")
      .select("users.name as inviter")
      .where("token_hash", "=", tokenHash(token))
      .where(inviterMayAdminister)
      .executeTakeFirst();
    if (row === undefined || row.expires_at < now()) throw notGood();
    const user = await database.selectFrom("users").selectAll().where("email", "=", row.email).executeTakeFirst();
    return { row, user };
  }

  async function where(row: {
    organization_id: string | null;
    space_id: string | null;
    instance_id: string | null;
  }): Promise<string> {
    const names = await database
      .selectFrom("organizations")
      .leftJoin("spaces", "spaces.organization_id", "organizations.id")
      .leftJoin("instances", "instances.space_id", "spaces.id")
      .where(({ or, eb }) =>
        or([
          eb("organizations.id", "=", row.organization_id),
          eb("spaces.id", "=", row.space_id),
          eb("instances.id", "=", row.instance_id),
        ]),
      )
      .select(["organizations.name as organization", "spaces.name as space", "instances.name as instance"])
      .executeTakeFirstOrThrow();
    const depth = row.organization_id !== null ? 1 : row.space_id !== null ? 2 : 3;
    return [names.organization, names.space, names.instance].slice(0, depth).join(" › ");
  }

  return {
    async list(unit: Unit): Promise<Invitation[]> {
      const rows = await database
        .selectFrom("invitations")
        .select(["id", "email", "role", "expires_at"])
        .where(COLUMN_OF[unit.level], "=", unit.id)
        .where("expires_at", ">=", now())
        .where(inviterMayAdminister)
        .orderBy("email")
        .execute();
      return rows.map(({ expires_at: expiresAt, ...row }) => ({ ...row, expiresAt }));
    },
    /** A new one for the same address takes the place of the last. @returns the token, which is stored nowhere */
    async create(unit: Unit, invitedBy: string, given: { readonly email: string; readonly role: Role }) {
      checkRole(unit.level, given.role);
      const email = given.email.trim().toLowerCase();
      if ((await at(unit, email)) !== undefined) {
        throw new RequestError(
          409,
          "is-member",
          `${email} is a member of this ${unit.level} already: change her role there.`,
        );
      }
      const token = newToken();
      const expiresAt = new Date(Date.now() + LIFE).toISOString();
      await database.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom("invitations")
          .where("email", "=", email)
          .where(COLUMN_OF[unit.level], "=", unit.id)
          .execute();
        await transaction
          .insertInto("invitations")
          .values({
            id: randomUUID(),
            token_hash: tokenHash(token),
            email,
            role: given.role,
            ...columnsOf(unit),
            invited_by: invitedBy,
            expires_at: expiresAt,
          })
          .execute();
      });
      return { token, expiresAt };
    },
    /** @returns whom it had invited */
    async withdraw(unit: Unit, id: string): Promise<string> {
      const row = await database
        .deleteFrom("invitations")
        .where("id", "=", id)
        .where(COLUMN_OF[unit.level], "=", unit.id)
        .returning("email")
        .executeTakeFirst();
      if (row === undefined)
        throw new RequestError(404, "not-found", "There is no such invitation: it was used or withdrawn.");
      return row.email;
    },
    async describe(token: string): Promise<OpenInvitation> {
      const { row, user } = await find(token);
      const { email, role, inviter: invitedBy } = row;
      return { email, role, where: await where(row), invitedBy, isNew: user === undefined };
    },
    /**
     * By a new user, who sets her name and password, or by one who is known and gives hers: the link alone makes nobody
     * into somebody else.
     * @throws RequestError
     */
    async accept(token: string, given: { readonly name?: string | undefined; readonly password: string }, from: From) {
      const { row, user } = await find(token);
      if (user === undefined) {
        if (given.name === undefined) throw new RequestError(400, "no-name", "Please say what you are called.");
        if (given.password.length < SHORTEST_PASSWORD) {
          throw new RequestError(
            400,
            "short-password",
            `A password needs ${SHORTEST_PASSWORD} characters or more: choose a longer one.`,
          );
        }
      } else if (!(await accounts.isPassword(user.email, given.password))) {
        throw new RequestError(401, "wrong-password", "That is not the password of this address: try again.");
      }
      const hashed = user === undefined ? await passwordHash(given.password) : "";
      await database.transaction().execute(async (transaction) => {
        // Once only, however many try at the same moment, and none after its inviter has lost the role.
        const { numDeletedRows } = await transaction
          .deleteFrom("invitations")
          .where("id", "=", row.id)
          .where(inviterMayAdminister)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) throw notGood();
        const { id } = user ?? (await insertUser(transaction, row.email, given.name ?? "", hashed));
        const { role, organization_id, space_id, instance_id } = row;
        await transaction
          .insertInto("members")
          .values({ user_id: id, role, organization_id, space_id, instance_id })
          .execute();
      });
      const login = await accounts.login(row.email, given.password, from);
      if (login === null) throw new RequestError(401, "wrong-password", "Please log in.");
      return { ...login, role: row.role, unit: unitOf(row) };
    },
  };
}

const notGood = () =>
  new RequestError(
    404,
    "no-invitation",
    "This invitation was used or withdrawn, has expired, or was made by somebody who may not invite there any more: ask whoever invited you, or another administrator, for a new link.",
  );

export type Invitations = ReturnType<typeof createInvitations>;
