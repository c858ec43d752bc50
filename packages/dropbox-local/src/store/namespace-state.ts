import type { Database } from "./database.ts";

/** The counters of one account's tree. They change with every write, so they are kept in memory and flushed with it. */
export interface NamespaceState {
  readonly ns: number;
  readonly idPrefix: Uint8Array;
  readonly quota: number;
  nextId: number;
  /** The newest rev's number: microseconds since 1970 as far as the clock goes forward, more where it does not. */
  stamp: number;
  /** The end of the change log. */
  seq: number;
  /** Bytes of all present files. */
  used: number;
  /** Cursors of an older epoch are reset. */
  epoch: number;
}

export class NamespaceStates {
  readonly #database: Database;
  readonly #states = new Map<number, NamespaceState>();
  readonly #dirty = new Set<number>();
  /** What the accounts that were written to since `begin` were then; null when nothing was begun. */
  #before: Map<number, { readonly state: NamespaceState; readonly dirty: boolean }> | null = null;
  /** Accounts with changes that nobody was told of yet. */
  readonly #changed = new Set<number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The account's counters, to be read only. @throws when there is no such account */
  read(ns: number): NamespaceState {
    const state = this.find(ns);
    if (state === undefined) throw new Error(`no account has the namespace ${ns}`);
    return state;
  }

  /** The same; undefined when there is no such account, or none any more. */
  find(ns: number): NamespaceState | undefined {
    const known = this.#states.get(ns);
    if (known !== undefined) return known;
    const row = this.#database.get("SELECT * FROM accounts WHERE ns = ?", ns);
    if (row === undefined) return undefined;
    const state: NamespaceState = {
      ns,
      idPrefix: row.id_prefix as Uint8Array,
      quota: Number(row.quota),
      nextId: Number(row.next_id),
      stamp: Number(row.stamp),
      seq: Number(row.seq),
      used: Number(row.used),
      epoch: Number(row.epoch),
    };
    this.#states.set(ns, state);
    return state;
  }

  /** The same, to be changed within a transaction. */
  write(ns: number): NamespaceState {
    const state = this.read(ns);
    if (this.#before !== null && !this.#before.has(ns))
      this.#before.set(ns, { state: { ...state }, dirty: this.#dirty.has(ns) });
    this.#dirty.add(ns);
    return state;
  }

  /** From here on changes can be undone, until they are kept. */
  begin(): void {
    this.#before = new Map();
  }

  keep(): void {
    this.#before = null;
  }

  /** Makes all what it was at `begin`. */
  undo(): void {
    for (const [ns, { state, dirty }] of this.#before ?? []) {
      this.#states.set(ns, state);
      if (!dirty) this.#dirty.delete(ns);
    }
    this.#before = null;
  }

  /** A lasting name for a new file or folder, in Dropbox's form: 8 bytes of the account's, 8 of a counter. */
  newId(ns: number): string {
    const state = this.write(ns);
    const bytes = Buffer.alloc(16);
    bytes.set(state.idPrefix);
    bytes.writeBigUInt64BE(BigInt(state.nextId++), 8);
    return `id:${bytes.toString("base64url")}`;
  }

  /** The number of a new rev, larger than all before it. */
  newStamp(ns: number, now: number): number {
    const state = this.write(ns);
    state.stamp = Math.max(state.stamp + 1, now * 1000);
    return state.stamp;
  }

  /** The next place in the change log. */
  newSeq(ns: number): number {
    const state = this.write(ns);
    return ++state.seq;
  }

  flush(): void {
    for (const ns of this.#dirty) {
      const { nextId, stamp, seq, used, epoch } = this.read(ns);
      this.#database.run(
        "UPDATE accounts SET next_id = ?, stamp = ?, seq = ?, used = ?, epoch = ? WHERE ns = ?",
        nextId,
        stamp,
        seq,
        used,
        epoch,
        ns,
      );
      this.#changed.add(ns);
    }
    this.#dirty.clear();
  }

  discard(): void {
    this.#before = null;
    this.#states.clear();
    this.#dirty.clear();
  }

  /** The accounts that were written to since this was last asked. */
  takeChanged(): number[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }
}

/** A rev in Dropbox's form, as recorded: 13 hex digits of the commit, 8 of the namespace. */
export function revOf(ns: number, stamp: number): string {
  return stamp.toString(16).padStart(13, "0") + ns.toString(16).padStart(8, "0");
}

/** The commit's number in a rev; null when it is not one of this namespace. */
export function stampOf(ns: number, rev: string): number | null {
  if (!/^[0-9a-f]{21}$/.test(rev) || rev.slice(13) !== ns.toString(16).padStart(8, "0")) return null;
  return Number.parseInt(rev.slice(0, 13), 16);
}
