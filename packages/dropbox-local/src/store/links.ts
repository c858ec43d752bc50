import { createHash, randomInt } from "node:crypto";
import type { Database, Row } from "./database.ts";
import type { SessionOwner } from "./upload-sessions.ts";

/** A one-time link to upload by. */
export interface UploadLink {
  readonly owner: SessionOwner;
  /** The commit that it will make, as JSON. */
  readonly commitInfo: string;
  /** Milliseconds since 1970; 0 once it was used. */
  readonly expires: number;
}

/** A link to a file or folder that anybody may follow who has it. */
export interface SharedLink {
  readonly id: string;
  readonly ns: number;
  /** The file's or folder's id. */
  readonly entryId: string;
  /** The second secret in the address. */
  readonly rlkey: string;
}

/** The links of all accounts that have to be remembered. Writes are to be called within a transaction. */
export class Links {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  createUploadLink(word: string, owner: SessionOwner, commitInfo: string, expires: number): void {
    this.#database.run(
      "INSERT INTO upload_links VALUES (?, ?, ?, ?, ?)",
      hashOf(word),
      owner.ns,
      owner.app,
      commitInfo,
      expires,
    );
  }

  uploadLink(word: string): UploadLink | undefined {
    const row = this.#database.get("SELECT * FROM upload_links WHERE hash = ?", hashOf(word));
    if (row === undefined) return undefined;
    const owner = { ns: Number(row.ns), app: String(row.app) };
    return { owner, commitInfo: String(row.commit_info), expires: Number(row.expires) };
  }

  useUpUploadLink(word: string): void {
    this.#database.run("UPDATE upload_links SET expires = 0 WHERE hash = ?", hashOf(word));
  }

  /** The links to upload by that an app has asked for; shared links are their account's. */
  removeAllOf(app: string): void {
    this.#database.run("DELETE FROM upload_links WHERE app = ?", app);
  }

  share(ns: number, entryId: string): SharedLink {
    const link = { id: randomWord(21), ns, entryId, rlkey: randomWord(25) };
    this.#database.run(
      "INSERT INTO shared_links VALUES (?, ?, ?, ?, ?)",
      link.id,
      ns,
      entryId,
      link.rlkey,
      this.#now(),
    );
    return link;
  }

  shared(id: string): SharedLink | undefined {
    const row = this.#database.get("SELECT * FROM shared_links WHERE id = ?", id);
    return row === undefined ? undefined : sharedOf(row);
  }

  sharedOf(ns: number, entryId: string): SharedLink | undefined {
    const row = this.#database.get("SELECT * FROM shared_links WHERE ns = ? AND entry_id = ?", ns, entryId);
    return row === undefined ? undefined : sharedOf(row);
  }

  /** All of an account, newest first. */
  allShared(ns: number): SharedLink[] {
    return this.#database.all("SELECT * FROM shared_links WHERE ns = ? ORDER BY created DESC, id", ns).map(sharedOf);
  }

  unshare(id: string): void {
    this.#database.run("DELETE FROM shared_links WHERE id = ?", id);
  }

  removeOld(): void {
    this.#database.run("DELETE FROM upload_links WHERE expires < ?", this.#now());
  }
}

function sharedOf(row: Row): SharedLink {
  return { id: String(row.id), ns: Number(row.ns), entryId: String(row.entry_id), rlkey: String(row.rlkey) };
}

/** Small letters and digits, as in the addresses of Dropbox's links. */
function randomWord(length: number): string {
  return Array.from({ length }, () => randomInt(36).toString(36)).join("");
}

function hashOf(word: string): string {
  return createHash("sha256").update(word).digest("hex");
}
