import type { Link, LinkProblem } from "@twinfold/api";
import {
  type App,
  authorizationUrl,
  type DropboxAccount,
  type DropboxHosts,
  exchangeCode,
  newPkce,
  OAuthError,
  openDropboxAccount,
} from "@twinfold/dropbox";
import { RemoteError, systemClock, systemRandomness } from "@twinfold/engine";
import { type Sealer, UnsealError } from "@twinfold/host";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** How long a user may take at Dropbox, in milliseconds. */
const PENDING_LIFE = 10 * 60_000;

export interface DropboxApp extends App {
  readonly hosts: DropboxHosts;
  readonly name: string;
  readonly redirectUri: string;
}

export interface OpenedLink {
  readonly accountId: string;
  readonly who: string;
  readonly refreshToken: string;
}

/** What came of linking: why it failed, or the authorization of another account that it took the place of. */
export interface Finished {
  readonly problem: LinkProblem | null;
  readonly former: string | null;
}

/** Linking users' Dropbox accounts (OAuth code flow, PKCE S256, `state` bound to the login; OAuth guide). */
export function createLinks(
  database: Kysely<Database>,
  sealer: Sealer,
  app: DropboxApp,
  log: (message: string) => void,
) {
  const purpose = (userId: string) => `refresh token of ${userId}`;
  const account = (refreshToken: string) =>
    openDropboxAccount({ hosts: app.hosts, app, refreshToken, clock: systemClock, randomness: systemRandomness });

  const rowOf = (userId: string) =>
    database.selectFrom("links").selectAll().where("user_id", "=", userId).executeTakeFirst();

  /** The token in a link; null when the key has changed since it was sealed. */
  function tokenIn(userId: string, sealed: string): string | null {
    try {
      return sealer.open(sealed, purpose(userId));
    } catch (error) {
      if (error instanceof UnsealError) return null;
      throw error;
    }
  }

  /** At Dropbox; forgotten here in any case, and Dropbox lists connected apps for those who want to be sure. */
  async function revoke(refreshToken: string): Promise<void> {
    const opened = account(refreshToken);
    await opened.revoke(AbortSignal.timeout(10_000)).catch((error: unknown) => log(`a link lives on: ${error}`));
    await opened.close();
  }

  return {
    app,
    revoke,
    /** @throws UnsealError when the key has changed since it was sealed */
    async open(userId: string): Promise<OpenedLink | null> {
      const row = await rowOf(userId);
      if (row === undefined) return null;
      return {
        accountId: row.account_id,
        who: row.account_name,
        refreshToken: sealer.open(row.refresh_token_sealed, purpose(userId)),
      };
    },
    /** Works with a user's Dropbox; null where none is linked. @throws RemoteError, UnsealError */
    async withAccount<T>(
      userId: string,
      work: (account: DropboxAccount, accountId: string) => Promise<T>,
    ): Promise<T | null> {
      const link = await this.open(userId);
      if (link === null) return null;
      const opened = account(link.refreshToken);
      try {
        return await work(opened, link.accountId);
      } finally {
        await opened.close();
      }
    },
    async isLinked(userId: string): Promise<boolean> {
      return (await rowOf(userId)) !== undefined;
    },
    async describe(userId: string): Promise<Link> {
      const row = await rowOf(userId);
      if (row === undefined) return { appName: app.name, account: null, space: null, revoked: false };
      const described = {
        appName: app.name,
        account: { name: row.account_name, email: row.account_email, linkedAt: row.linked_at },
      };
      const token = tokenIn(userId, row.refresh_token_sealed);
      if (token === null) return { ...described, space: null, revoked: true };
      const opened = account(token);
      try {
        // The page is shown without the space if Dropbox takes its time.
        return { ...described, space: await opened.spaceUsage(AbortSignal.timeout(3_000)), revoked: false };
      } catch (error) {
        return { ...described, space: null, revoked: error instanceof RemoteError && error.code === "revoked" };
      } finally {
        void opened.close();
      }
    },
    /** @returns the address of Dropbox's page */
    async begin(userId: string, sessionHash: string, reauthenticate: boolean): Promise<string> {
      const { verifier, challenge } = newPkce();
      const state = newToken();
      await database.deleteFrom("pending_links").where("expires_at", "<", new Date().toISOString()).execute();
      await database
        .insertInto("pending_links")
        .values({
          state_hash: tokenHash(state),
          user_id: userId,
          session_hash: sessionHash,
          verifier_sealed: sealer.seal(verifier, "pkce verifier"),
          expires_at: new Date(Date.now() + PENDING_LIFE).toISOString(),
        })
        .execute();
      const { hosts, appKey, redirectUri } = app;
      return authorizationUrl({ hosts, appKey, challenge, state, redirectUri, reauthenticate });
    },
    /** What Dropbox's page sent the browser back with. */
    async finish(
      userId: string,
      sessionHash: string,
      answer: {
        readonly state?: string | undefined;
        readonly code?: string | undefined;
        readonly error?: string | undefined;
      },
    ): Promise<Finished> {
      // Taken out before anything else: whatever comes of it, this state is good once only.
      const pending = await database
        .deleteFrom("pending_links")
        .where("state_hash", "=", tokenHash(answer.state ?? ""))
        .returningAll()
        .executeTakeFirst();
      const mine = pending?.user_id === userId && pending.session_hash === sessionHash;
      if (pending === undefined || !mine || pending.expires_at < new Date().toISOString()) return failed("state");
      if (answer.error !== undefined) {
        return failed(answer.error === "access_denied" ? "cancelled" : "unexpected");
      }
      if (answer.code === undefined) return failed("code");
      try {
        const verifier = sealer.open(pending.verifier_sealed, "pkce verifier");
        const grant = await exchangeCode({
          hosts: app.hosts,
          app,
          code: answer.code,
          verifier,
          redirectUri: app.redirectUri,
        });
        const opened = account(grant.refreshToken);
        const details = await opened.currentAccount(AbortSignal.timeout(20_000));
        await opened.close();
        const row = {
          account_id: details.accountId,
          account_name: details.name,
          account_email: details.email,
          refresh_token_sealed: sealer.seal(grant.refreshToken, purpose(userId)),
          linked_at: new Date().toISOString(),
        };
        const former = await rowOf(userId);
        await database
          .insertInto("links")
          .values({ user_id: userId, ...row })
          .onConflict((conflict) => conflict.column("user_id").doUpdateSet(row))
          .execute();
        const other = former !== undefined && former.account_id !== row.account_id;
        return { problem: null, former: other ? tokenIn(userId, former.refresh_token_sealed) : null };
      } catch (error) {
        return failed(problemOf(error, log));
      }
    },
    /** After a start: what an older key has sealed is sealed with the one that is used now. */
    async resealAll(): Promise<void> {
      let resealed = 0;
      for (const { user_id: userId, refresh_token_sealed: before } of await database
        .selectFrom("links")
        .select(["user_id", "refresh_token_sealed"])
        .execute()) {
        try {
          const after = sealer.reseal(before, purpose(userId));
          if (after === null) continue;
          await database
            .updateTable("links")
            .set({ refresh_token_sealed: after })
            .where("user_id", "=", userId)
            .where("refresh_token_sealed", "=", before)
            .execute();
          resealed++;
        } catch (error) {
          if (!(error instanceof UnsealError)) throw error;
          log(`the link of user ${userId} can't be opened, she has to connect again: ${error.message}`);
        }
      }
      if (resealed > 0)
        log(`links that an older key had sealed, and that are sealed with the new one now: ${resealed}`);
    },
    /** Ends the authorization, here and at Dropbox. What is in Dropbox stays. */
    async end(userId: string): Promise<void> {
      const row = await rowOf(userId);
      await database.deleteFrom("links").where("user_id", "=", userId).execute();
      const token = row === undefined ? null : tokenIn(userId, row.refresh_token_sealed);
      if (token !== null) await revoke(token);
    },
  };
}

const failed = (problem: LinkProblem): Finished => ({ problem, former: null });

/** Why linking came to nothing, for the user; what is nobody's to expect is noted for the operator. */
function problemOf(error: unknown, log: (message: string) => void): LinkProblem {
  if (error instanceof OAuthError) {
    return error.code === "invalid_grant" ? "code" : error.code === "invalid_client" ? "app" : error.code;
  }
  if (error instanceof RemoteError && error.code === "offline") return "network";
  log(`linking failed: ${error instanceof Error ? error.stack : error}`);
  return "unexpected";
}

export type Links = ReturnType<typeof createLinks>;
