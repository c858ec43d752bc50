import { randomUUID } from "node:crypto";
import type { WebSession } from "@twinfold/api";
import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** How long a login lasts, in milliseconds. */
const LIFE = 30 * 24 * 3600_000;
/** How exactly it is known when one was last used, in milliseconds: not every request is to be written down. */
const SEEN_EVERY = 60_000;
/** Characters of what a browser calls itself that are looked at. */
const MOST_LOOKED_AT = 500;

/** Where a login is used. */
export interface From {
  readonly address: string;
  readonly browser: string;
}

export const fromOf = (request: FastifyRequest): From => ({
  address: request.ip,
  browser: browserInWords((request.headers["user-agent"] ?? "").slice(0, MOST_LOOKED_AT)),
});

/** Most call themselves several others too: the first of these that one does is what it is. */
const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
  ["curl", "curl"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

function browserInWords(userAgent: string): string {
  const found = (all: readonly (readonly [string, string])[]) => all.find(([mark]) => userAgent.includes(mark))?.[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  if (browser === undefined) return "";
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** The logins that users have in their browsers. Of a token its hash alone is kept. */
export function createWebSessions(database: Kysely<Database>) {
  const now = () => new Date().toISOString();
  const ofUser = (userId: string) =>
    database.deleteFrom("web_sessions").where("user_id", "=", userId).returning("token_hash");

  return {
    /** @returns its token */
    async begin(userId: string, { address, browser }: From): Promise<string> {
      const token = newToken();
      await database.deleteFrom("web_sessions").where("expires_at", "<", now()).execute();
      await database
        .insertInto("web_sessions")
        .values({
          ...{ id: randomUUID(), token_hash: tokenHash(token), user_id: userId, address, browser },
          begun_at: now(),
          seen_at: now(),
          expires_at: new Date(Date.now() + LIFE).toISOString(),
        })
        .execute();
      return token;
    },
    /** It is used, from there. */
    async seen(login: { readonly sessionHash: string; readonly seenAt: string }, from: From): Promise<void> {
      if (Date.parse(login.seenAt) > Date.now() - SEEN_EVERY) return;
      await database
        .updateTable("web_sessions")
        .set({ seen_at: now(), ...from })
        .where("token_hash", "=", login.sessionHash)
        .execute();
    },
    async list(userId: string, sessionHash: string): Promise<WebSession[]> {
      const rows = await database
        .selectFrom("web_sessions")
        .selectAll()
        .where("user_id", "=", userId)
        .where("expires_at", ">=", now())
        .orderBy("seen_at", "desc")
        .execute();
      return rows
        .map((row) => ({
          ...{ id: row.id, begunAt: row.begun_at, seenAt: row.seen_at, address: row.address, browser: row.browser },
          isThis: row.token_hash === sessionHash,
        }))
        .sort((a, b) => Number(b.isThis) - Number(a.isThis));
    },
    /** @returns the hash of its token; null when the user has no such login */
    async end(userId: string, id: string): Promise<string | null> {
      const row = await ofUser(userId).where("id", "=", id).executeTakeFirst();
      return row?.token_hash ?? null;
    },
    /** All of a user's but one. @returns the hashes of their tokens */
    async endOthers(userId: string, sessionHash: string): Promise<string[]> {
      const rows = await ofUser(userId).where("token_hash", "!=", sessionHash).execute();
      return rows.map((row) => row.token_hash);
    },
  };
}

export type WebSessions = ReturnType<typeof createWebSessions>;
