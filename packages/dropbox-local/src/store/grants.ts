import { hash, randomBytes } from "node:crypto";
import type { Database, Row } from "./database.ts";

/** One user's word that one app may act for them. */
export interface Grant {
  readonly id: number;
  readonly ns: number;
  readonly app: string;
  readonly scopes: readonly string[];
  /** Given by PKCE without a secret: refreshed without one, too. */
  readonly public: boolean;
}

export interface NewCode {
  readonly ns: number;
  readonly app: string;
  readonly scopes: readonly string[];
  readonly redirect: string | null;
  readonly challenge: string | null;
  readonly challengeMethod: "S256" | "plain" | null;
  readonly offline: boolean;
}

export interface Code extends NewCode {
  readonly hash: string;
  readonly used: boolean;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What an access token stands for. */
export interface AccessToken {
  readonly grant: Grant;
  readonly scopes: readonly string[];
  readonly expires: number;
}

/**
 * Authorization codes, grants and tokens. Only hashes of secrets are kept: who reads the database can't act for anybody.
 * Writes are to be called within a transaction.
 */
export class Grants {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  newCode(code: NewCode, seconds: number): string {
    const secret = randomBytes(32).toString("base64url");
    this.#database.run(
      "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      hashed(secret),
      code.ns,
      code.app,
      code.scopes.join(" "),
      code.redirect,
      code.challenge,
      code.challengeMethod,
      code.offline ? 1 : 0,
      this.#now() + seconds * 1000,
    );
    return secret;
  }

  findCode(secret: string): Code | undefined {
    const row = this.#database.get("SELECT * FROM codes WHERE hash = ?", hashed(secret));
    return row === undefined ? undefined : codeOf(row);
  }

  useCode(code: Code): void {
    this.#database.run("UPDATE codes SET used = 1 WHERE hash = ?", code.hash);
  }

  /** @returns the grant and, where `offline`, its refresh token */
  create(grant: Omit<Grant, "id">, offline: boolean): { grant: Grant; refreshToken: string | null } {
    const refreshToken = offline ? randomBytes(48).toString("base64url") : null;
    const row = this.#database.get(
      "INSERT INTO grants (ns, app, scopes, public, refresh_hash, created) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
      grant.ns,
      grant.app,
      grant.scopes.join(" "),
      grant.public ? 1 : 0,
      refreshToken === null ? null : hashed(refreshToken),
      this.#now(),
    );
    return { grant: { ...grant, id: Number(row?.id) }, refreshToken };
  }

  /** The grant of a refresh token that was not revoked. */
  byRefreshToken(token: string): Grant | undefined {
    const row = this.#database.get("SELECT * FROM grants WHERE refresh_hash = ? AND revoked IS NULL", hashed(token));
    return row === undefined ? undefined : grantOf(row);
  }

  /** All scopes that the user has given the app, in grants that were not revoked; null when there are none. */
  scopesGranted(ns: number, app: string): string[] | null {
    const rows = this.#database.all("SELECT scopes FROM grants WHERE ns = ? AND app = ? AND revoked IS NULL", ns, app);
    if (rows.length === 0) return null;
    return [...new Set(rows.flatMap((row) => String(row.scopes).split(" ")))];
  }

  /** The keys of the apps that an account is linked to. */
  linkedApps(ns: number): string[] {
    return this.#database
      .all("SELECT DISTINCT app FROM grants WHERE ns = ? AND revoked IS NULL ORDER BY app", ns)
      .map((row) => String(row.app));
  }

  isLinked(ns: number, app: string): boolean {
    return (
      this.#database.get("SELECT 1 FROM grants WHERE ns = ? AND app = ? AND revoked IS NULL LIMIT 1", ns, app) !==
      undefined
    );
  }

  /** The namespaces of the accounts that an app is linked to. */
  linkedAccounts(app: string): number[] {
    return this.#database
      .all("SELECT DISTINCT ns FROM grants WHERE app = ? AND revoked IS NULL", app)
      .map((row) => Number(row.ns));
  }

  newAccessToken(grant: Grant, scopes: readonly string[], seconds: number): string {
    const token = `sl.u.${randomBytes(96).toString("base64url")}`;
    this.#database.run("DELETE FROM access_tokens WHERE expires < ?", this.#now() - 24 * 3600 * 1000);
    this.#database.run(
      "INSERT INTO access_tokens VALUES (?, ?, ?, ?)",
      hashed(token),
      grant.id,
      scopes.join(" "),
      this.#now() + seconds * 1000,
    );
    return token;
  }

  findAccessToken(token: string): AccessToken | undefined {
    const row = this.#database.get(
      `SELECT grants.*, access_tokens.scopes AS token_scopes, expires FROM access_tokens JOIN grants ON grants.id = grant_id
       WHERE hash = ? AND revoked IS NULL`,
      hashed(token),
    );
    if (row === undefined) return undefined;
    return { grant: grantOf(row), scopes: String(row.token_scopes).split(" "), expires: Number(row.expires) };
  }

  revoke(id: number): void {
    this.#database.run("UPDATE grants SET revoked = ? WHERE id = ?", this.#now(), id);
    this.#database.run("DELETE FROM access_tokens WHERE grant_id = ?", id);
  }

  /** Ends all grants that an account has given an app. */
  revokeLink(ns: number, app: string): void {
    for (const row of this.#database.all("SELECT id FROM grants WHERE ns = ? AND app = ? AND revoked IS NULL", ns, app))
      this.revoke(Number(row.id));
  }

  /** Ends all that an app was ever given, by anybody, and what it could still exchange. */
  revokeApp(app: string): void {
    for (const ns of this.linkedAccounts(app)) this.revokeLink(ns, app);
    this.#database.run("DELETE FROM codes WHERE app = ?", app);
  }

  /** Makes all access tokens expired; refresh tokens stay good. */
  expireAccessTokens(): void {
    this.#database.run("UPDATE access_tokens SET expires = min(expires, ?)", this.#now() - 1);
  }

  /** Forgets codes that could not be used any more long ago. */
  removeOldCodes(): void {
    this.#database.run("DELETE FROM codes WHERE expires < ?", this.#now() - 24 * 3600 * 1000);
  }
}

function hashed(secret: string): string {
  return hash("sha256", secret, "hex");
}

function grantOf(row: Row): Grant {
  return {
    id: Number(row.id),
    ns: Number(row.ns),
    app: String(row.app),
    scopes: String(row.scopes).split(" "),
    public: row.public === 1,
  };
}

function codeOf(row: Row): Code {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : null);
  const method = text("challenge_method");
  return {
    hash: String(row.hash),
    ns: Number(row.ns),
    app: String(row.app),
    scopes: String(row.scopes).split(" "),
    redirect: text("redirect"),
    challenge: text("challenge"),
    challengeMethod: method === "S256" || method === "plain" ? method : null,
    offline: row.offline === 1,
    used: row.used === 1,
    expires: Number(row.expires),
  };
}
