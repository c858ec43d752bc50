import { randomBytes } from "node:crypto";
import { BLOCK_SIZE, createContentHasher, hashOfBlocks, MAXIMUM_FILE_SIZE } from "@twinfold/dropbox-rules";
import type { Contents, ReceivedContent } from "./contents.ts";
import type { Database, Row } from "./database.ts";
import type { PackFolder, Slice } from "./pack-files.ts";

/** Why a session did not take a piece, or can't be finished; Dropbox's own tags. */
export type SessionReason =
  | "not_found"
  | "closed"
  | "not_closed"
  | "too_large"
  | "concurrent_session_invalid_offset"
  | "concurrent_session_invalid_data_size"
  | "concurrent_session_data_not_allowed"
  | "concurrent_session_not_closed"
  | "concurrent_session_missing_data"
  | { readonly correct_offset: number };

export class SessionFailure extends Error {
  override readonly name = "SessionFailure";
  readonly reason: SessionReason;
  constructor(reason: SessionReason) {
    super(JSON.stringify(reason));
    this.reason = reason;
  }
}

/** Who a session belongs to: one app of one account. */
export interface SessionOwner {
  readonly ns: number;
  readonly app: string;
}

/** Bytes that have arrived for a session. Either in memory, to be kept in the database, or on disk already. */
export interface Piece {
  readonly length: number;
  /** The SHA-256 of each 4 MiB block of the piece itself. */
  readonly blocks: Uint8Array;
  readonly bytes: Uint8Array | null;
  readonly slice: Slice | null;
}

interface Session {
  readonly id: string;
  readonly concurrent: boolean;
  readonly closed: boolean;
  /** Sequential: the offset that the next piece must have. Concurrent: how far the farthest piece reaches. */
  readonly size: number;
}

interface StoredPiece extends Piece {
  readonly start: number;
}

/** Uploads in pieces. A piece is durable when its request is answered; a session is forgotten when it is finished or old. */
export class UploadSessions {
  readonly #database: Database;
  readonly #packs: PackFolder;
  readonly #lifetime: number;
  readonly #now: () => number;

  /** `lifetime` in milliseconds. */
  constructor(database: Database, packs: PackFolder, lifetime: number, now: () => number) {
    this.#database = database;
    this.#packs = packs;
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /** Within a transaction. Ids have Dropbox's form and the length that makes the header of append_batch tight. */
  start(owner: SessionOwner, concurrent: boolean, first: Piece | null, close: boolean): string {
    const id = `pid_upload_session:${randomBytes(60).toString("base64url")}`;
    this.#database.run(
      "INSERT INTO upload_sessions VALUES (?, ?, ?, ?, 0, 0, ?)",
      id,
      owner.ns,
      owner.app,
      concurrent ? 1 : 0,
      this.#now(),
    );
    if (first !== null) this.append(owner, id, 0, first, close);
    else if (close) this.#update({ id, concurrent, closed: true, size: 0 });
    return id;
  }

  /** Within a transaction. @throws SessionFailure */
  append(owner: SessionOwner, id: string, offset: number, piece: Piece, close: boolean): void {
    const session = this.#find(owner, id);
    if (session.closed) throw new SessionFailure("closed");
    if (session.concurrent) {
      if (offset % BLOCK_SIZE !== 0) throw new SessionFailure("concurrent_session_invalid_offset");
      if (!close && piece.length % BLOCK_SIZE !== 0) throw new SessionFailure("concurrent_session_invalid_data_size");
    } else if (offset !== session.size) throw new SessionFailure({ correct_offset: session.size });
    if (offset + piece.length > MAXIMUM_FILE_SIZE) throw new SessionFailure("too_large");
    if (piece.length > 0)
      this.#database.run(
        "INSERT OR REPLACE INTO upload_pieces VALUES (?, ?, ?, ?, ?, ?, ?)",
        id,
        offset,
        piece.length,
        piece.blocks,
        piece.slice?.pack ?? null,
        piece.slice?.start ?? 0,
        piece.bytes,
      );
    this.#update({ ...session, closed: close, size: Math.max(session.size, offset + piece.length) });
  }

  /**
   * What the session holds, put together. Reads the pieces again only where their boundaries cut through 4 MiB blocks or
   * where small ones have to become one.
   * @throws SessionFailure
   */
  async content(
    owner: SessionOwner,
    id: string,
    offset: number,
    mustBeClosed: boolean,
    contents: Contents,
  ): Promise<ReceivedContent> {
    const session = this.#find(owner, id);
    if (session.concurrent && !session.closed) throw new SessionFailure("concurrent_session_not_closed");
    if (mustBeClosed && !session.closed) throw new SessionFailure("not_closed");
    if (offset !== session.size) throw new SessionFailure({ correct_offset: session.size });
    const pieces = this.#pieces(id);
    let end = 0;
    for (const piece of pieces) {
      if (piece.start !== end) throw new SessionFailure("concurrent_session_missing_data");
      end += piece.length;
    }
    if (end !== session.size) throw new SessionFailure("concurrent_session_missing_data");
    return this.#assemble(pieces, session.size, contents);
  }

  /** Whether it is a concurrent session, which takes no data when it is finished. @throws SessionFailure `not_found` */
  isConcurrent(owner: SessionOwner, id: string): boolean {
    return this.#find(owner, id).concurrent;
  }

  /** Within a transaction: the session is used up. */
  remove(id: string): void {
    this.#database.run("DELETE FROM upload_pieces WHERE session = ?", id);
    this.#database.run("DELETE FROM upload_sessions WHERE id = ?", id);
  }

  /** Within a transaction. */
  removeAllOf(app: string): void {
    this.#database.run(
      "DELETE FROM upload_pieces WHERE session IN (SELECT id FROM upload_sessions WHERE app = ?)",
      app,
    );
    this.#database.run("DELETE FROM upload_sessions WHERE app = ?", app);
  }

  /** Within a transaction: forgets sessions that are too old to be used. */
  removeOld(): void {
    const oldest = this.#now() - this.#lifetime;
    this.#database.run(
      "DELETE FROM upload_pieces WHERE session IN (SELECT id FROM upload_sessions WHERE created < ?)",
      oldest,
    );
    this.#database.run("DELETE FROM upload_sessions WHERE created < ?", oldest);
  }

  async #assemble(pieces: readonly StoredPiece[], size: number, contents: Contents): Promise<ReceivedContent> {
    const first = pieces[0];
    if (first === undefined)
      return { hash: hashOfBlocks(new Uint8Array(0)), size: 0, bytes: new Uint8Array(0), slices: [] };
    if (pieces.length === 1 && first.bytes !== null)
      return { hash: hashOfBlocks(first.blocks), size, bytes: first.bytes, slices: [] };
    const slices = pieces.flatMap((piece) => (piece.slice === null ? [] : [piece.slice]));
    if (slices.length < pieces.length) {
      // Pieces that lie in the database are gathered into one pack with their neighbours.
      const pack = await this.#packs.write(this.#readPieces(pieces, contents));
      return { hash: pack.hash, size, bytes: null, slices: [{ pack: pack.pack, start: 0, length: size }] };
    }
    const aligned = pieces.every((piece) => piece.start % BLOCK_SIZE === 0);
    if (aligned)
      return { hash: hashOfBlocks(Buffer.concat(pieces.map((piece) => piece.blocks))), size, bytes: null, slices };
    const hasher = createContentHasher();
    for await (const bytes of this.#readPieces(pieces, contents)) hasher.update(bytes);
    return { hash: hasher.digest(), size, bytes: null, slices };
  }

  async *#readPieces(pieces: readonly StoredPiece[], contents: Contents): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (piece.bytes !== null) yield piece.bytes;
      else if (piece.slice !== null) yield* contents.readSlice(piece.slice);
    }
  }

  #find(owner: SessionOwner, id: string): Session {
    const row = this.#database.get("SELECT * FROM upload_sessions WHERE id = ?", id);
    if (
      row === undefined ||
      row.ns !== owner.ns ||
      row.app !== owner.app ||
      Number(row.created) < this.#now() - this.#lifetime
    )
      throw new SessionFailure("not_found");
    return { id, concurrent: row.concurrent === 1, closed: row.closed === 1, size: Number(row.size) };
  }

  #update(session: Session): void {
    this.#database.run(
      "UPDATE upload_sessions SET closed = ?, size = ? WHERE id = ?",
      session.closed ? 1 : 0,
      session.size,
      session.id,
    );
  }

  #pieces(id: string): StoredPiece[] {
    return this.#database.all("SELECT * FROM upload_pieces WHERE session = ? ORDER BY start", id).map(pieceOf);
  }
}

function pieceOf(row: Row): StoredPiece {
  const bytes = row.bytes;
  const pack = row.pack;
  const length = Number(row.length);
  return {
    start: Number(row.start),
    length,
    blocks: row.blocks as Uint8Array,
    bytes: bytes instanceof Uint8Array ? bytes : null,
    slice: typeof pack === "string" ? { pack, start: Number(row.pack_start), length } : null,
  };
}
