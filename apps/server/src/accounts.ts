import { randomBytes, randomUUID } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import type { User } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { tokenHash } from "./tokens.ts";
import type { From, WebSessions } from "./web-sessions.ts";

export interface Login {
  readonly user: User;
  readonly sessionHash: string;
  readonly expiresAt: string;
  readonly seenAt: string;
}

export const passwordHash = (password: string): Promise<string> => hash(password);

export async function insertUser(
  database: Kysely<Database>,
  email: string,
  name: string,
  hashed: string,
): Promise<User> {
  const user = { id: randomUUID(), email: email.toLowerCase(), name };
  await database
    .insertInto("users")
    .values({ ...user, password_hash: hashed, created_at: new Date().toISOString() })
    .execute();
  return user;
}

/** Users and their logins. */
export function createAccounts(database: Kysely<Database>, webSessions: WebSessions) {
  // Compared with when there is no such user, so that the answer takes as long.
  const nobody = passwordHash(randomBytes(16).toString("hex"));

  async function withPassword(email: string, password: string) {
    const row = await database
      .selectFrom("users")
      .selectAll()
      .where("email", "=", email.toLowerCase())
      .executeTakeFirst();
    const right = await verify(row?.password_hash ?? (await nobody), password);
    return row === undefined || !right ? null : row;
  }

  return {
    async isPassword(email: string, password: string): Promise<boolean> {
      return (await withPassword(email, password)) !== null;
    },
    /** @returns a session token, or null for a wrong password or an unknown user */
    async login(
      email: string,
      password: string,
      from: From,
    ): Promise<{ readonly token: string; readonly user: User } | null> {
      const row = await withPassword(email, password);
      if (row === null) return null;
      const token = await webSessions.begin(row.id, from);
      return { token, user: { id: row.id, email: row.email, name: row.name } };
    },
    bySession(token: string): Promise<Login | null> {
      return this.bySessionHash(tokenHash(token));
    },
    async bySessionHash(sessionHash: string): Promise<Login | null> {
      const row = await database
        .selectFrom("web_sessions")
        .innerJoin("users", "users.id", "web_sessions.user_id")
        .select(["users.id", "users.email", "users.name", "web_sessions.expires_at", "web_sessions.seen_at"])
        .where("web_sessions.token_hash", "=", sessionHash)
        .executeTakeFirst();
      if (row === undefined || row.expires_at < new Date().toISOString()) return null;
      const user = { id: row.id, email: row.email, name: row.name };
      return { user, sessionHash, expiresAt: row.expires_at, seenAt: row.seen_at };
    },
    /** @returns false, and does nothing, where the current one is wrong */
    async setPassword(user: User, current: string, next: string): Promise<boolean> {
      const row = await withPassword(user.email, current);
      if (row === null) return false;
      const hashed = await passwordHash(next);
      // Of two that are set at once, one is.
      const { numUpdatedRows } = await database
        .updateTable("users")
        .set({ password_hash: hashed })
        .where("id", "=", user.id)
        .where("password_hash", "=", row.password_hash)
        .executeTakeFirstOrThrow();
      return numUpdatedRows > 0n;
    },
    async logout(sessionHash: string): Promise<void> {
      await database.deleteFrom("web_sessions").where("token_hash", "=", sessionHash).execute();
    },
  };
}

export type Accounts = ReturnType<typeof createAccounts>;
