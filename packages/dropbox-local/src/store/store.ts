import { join } from "node:path";
import type { Conditions } from "../conditions.ts";
import { DropboxLocalError } from "../errors.ts";
import { Accounts } from "./accounts.ts";
import { Apps } from "./apps.ts";
import { ChangeLog } from "./change-log.ts";
import { Contents } from "./contents.ts";
import { type Database, openDatabase } from "./database.ts";
import { Entries } from "./entries.ts";
import { Grants } from "./grants.ts";
import { GroupCommit } from "./group-commit.ts";
import { Jobs } from "./jobs.ts";
import { Links } from "./links.ts";
import { NamespaceLocks } from "./namespace-lock.ts";
import { NamespaceStates } from "./namespace-state.ts";
import { PackFolder, referredPacks } from "./pack-files.ts";
import { Recasings } from "./recasings.ts";
import { Revisions } from "./revisions.ts";
import { Snapshots } from "./snapshots.ts";
import { Tree } from "./tree.ts";
import { UploadSessions } from "./upload-sessions.ts";
import { WebSessions } from "./web-sessions.ts";
import { Webhooks } from "./webhooks.ts";

export interface StoreSettings {
  readonly uploadSessionSeconds: number;
  readonly maximumRelocatedEntries: number;
  readonly conditions: Readonly<Conditions>;
}

type Listener = () => void;
type AnyListener = (changed: readonly number[] | "reset") => void;

/** Everything that a local Dropbox keeps, in one folder: a database and pack files. One process at a time has it open. */
export class Store {
  readonly accounts: Accounts;
  readonly apps: Apps;
  readonly grants: Grants;
  readonly webSessions: WebSessions;
  readonly states: NamespaceStates;
  readonly tree: Tree;
  readonly log: ChangeLog;
  readonly packs: PackFolder;
  readonly contents: Contents;
  readonly sessions: UploadSessions;
  readonly jobs: Jobs;
  readonly links: Links;
  readonly webhooks: Webhooks;
  readonly locks: NamespaceLocks;
  readonly snapshots: Snapshots;
  readonly now: () => number;
  readonly #database: Database;
  readonly #commits: GroupCommit;
  readonly #listeners = new Map<number, Set<Listener>>();
  readonly #anyListeners = new Set<AnyListener>();

  private constructor(
    database: Database,
    packs: PackFolder,
    snapshots: Snapshots,
    settings: StoreSettings,
    now: () => number,
  ) {
    this.#database = database;
    this.now = now;
    this.packs = packs;
    this.snapshots = snapshots;
    this.accounts = new Accounts(database);
    this.apps = new Apps(database);
    this.grants = new Grants(database, now);
    this.webSessions = new WebSessions(database, now);
    this.states = new NamespaceStates(database);
    this.tree = new Tree(
      new Entries(database),
      new Revisions(database),
      new Recasings(database),
      this.states,
      settings.maximumRelocatedEntries,
      now,
    );
    this.log = new ChangeLog(database);
    this.contents = new Contents(database, packs);
    this.sessions = new UploadSessions(database, packs, settings.uploadSessionSeconds * 1000, now);
    this.jobs = new Jobs(database, now);
    this.links = new Links(database, now);
    this.webhooks = new Webhooks(database, now);
    this.locks = new NamespaceLocks(settings.conditions);
    this.#commits = new GroupCommit(database, {
      flush: () => this.states.flush(),
      discard: () => this.states.discard(),
      committed: () => this.#tell(),
    });
  }

  /** @throws DropboxLocalError */
  static async open(folder: string, settings: StoreSettings, now: () => number): Promise<Store> {
    const database = openDatabase(folder);
    try {
      const packs = await PackFolder.open(join(folder, "packs"));
      const snapshots = await Snapshots.open(join(folder, "snapshots"), database, packs);
      const store = new Store(database, packs, snapshots, settings, now);
      await store.#tidy();
      return store;
    } catch (error) {
      database.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new DropboxLocalError("data-unreadable", `The data folder ${folder} can't be used: ${why}.`, error);
    }
  }

  /** The folder's own secret, for signing what is handed out. */
  get secret(): Uint8Array {
    return this.#database.secret;
  }

  /** Does `work` in a transaction that is on disk when this resolves. */
  commit<T>(work: () => T): Promise<T> {
    return this.#commits.run(work);
  }

  /** The same for work of many parts, each an `attempt`. */
  commitBatch<T>(work: () => T): Promise<T> {
    return this.#commits.run(work, true);
  }

  /** Within a batch: does `work`, and undoes it alone if it throws. */
  attempt<T>(work: () => T): T {
    this.states.begin();
    this.#database.run("SAVEPOINT attempt");
    try {
      const value = work();
      this.#database.run("RELEASE attempt");
      this.states.keep();
      return value;
    } catch (error) {
      this.states.undo();
      this.#database.run("ROLLBACK TO attempt");
      this.#database.run("RELEASE attempt");
      throw error;
    }
  }

  /** A write to an account's files: waits for the account's lock. @throws LockContention */
  write<T>(ns: number, work: () => T): Promise<T> {
    return this.locks.hold(ns, () => this.commit(work));
  }

  /** The same for a batch. @throws LockContention */
  writeBatch<T>(ns: number, work: () => T): Promise<T> {
    return this.locks.hold(ns, () => this.commitBatch(work));
  }

  /** Within a transaction: takes an app away, with all that it could do. The files that it made are its users', and stay. */
  removeApp(key: string): void {
    this.grants.revokeApp(key);
    for (const webhook of this.webhooks.ofApp(key)) this.webhooks.remove(webhook.id);
    for (const held of [this.links, this.sessions, this.jobs]) held.removeAllOf(key);
    this.apps.remove(key);
  }

  /**
   * Makes everything what it was when a snapshot was saved. Requests under way may find that what they work on is gone; whoever
   * waits for changes is called.
   * @throws DropboxLocalError `bad-argument`, `data-newer`
   */
  async reset(snapshot: string): Promise<void> {
    await this.snapshots.putBack(snapshot, () => this.states.discard());
    this.#call([...this.#listeners.keys()]);
    for (const listener of this.#anyListeners) listener("reset");
  }

  /** Calls back after each commit that changed the account, and when all was reset; returns how to stop it. */
  onChange(ns: number, listener: Listener): () => void {
    const listeners = this.#listeners.get(ns) ?? new Set();
    this.#listeners.set(ns, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(ns) === listeners) this.#listeners.delete(ns);
    };
  }

  /** The same for whichever accounts. It is called within the commit's own step, so it has to be short. */
  onAnyChange(listener: AnyListener): () => void {
    this.#anyListeners.add(listener);
    return () => {
      this.#anyListeners.delete(listener);
    };
  }

  close(): void {
    this.#database.close();
  }

  #tell(): void {
    const changed = this.states.takeChanged();
    if (changed.length === 0) return;
    this.#call(changed);
    for (const listener of this.#anyListeners) listener(changed);
  }

  #call(changed: readonly number[]): void {
    for (const ns of changed) for (const listener of [...(this.#listeners.get(ns) ?? [])]) listener();
  }

  /** What a crash or the passing of time has left to be cleared away. */
  async #tidy(): Promise<void> {
    await this.commit(() => {
      this.sessions.removeOld();
      this.grants.removeOldCodes();
      this.jobs.removeOld();
      this.links.removeOld();
    });
    const referred = referredPacks(this.#database);
    await this.packs.sweep((pack) => referred.has(pack));
  }
}
