import {
  type AccountChange,
  type AccountEntry,
  type AccountFile,
  type AccountFiles,
  AccountFilesError,
  type AccountFolder,
  type DeletedEntry,
  type FileVersion,
  type RecentAccountChange,
} from "./account-files.ts";
import { translate } from "./account-files-failures.ts";
import { discard, receive } from "./http/receive.ts";
import type { Entry, FileEntry } from "./store/entries.ts";
import { revOf, stampOf } from "./store/namespace-state.ts";
import { type FullPath, nameOf, readPath, wholeAccount, writePath } from "./store/paths.ts";
import { recentChanges } from "./store/recent-changes.ts";
import { copy, move } from "./store/relocation.ts";
import type { Store } from "./store/store.ts";
import type { WriteMode } from "./store/tree.ts";
import { undelete } from "./store/undelete.ts";

const CHANGES_AT_ONCE = 1000;
const STANDARD_HISTORY = 100;
const BY_NAME = new Intl.Collator("en", { numeric: true });

/** The files of one account of a store, as its user sees them. */
export function createAccountFiles(store: Store, ns: number): AccountFiles {
  const { tree } = store;
  const scope = wholeAccount(ns);

  const find = (path: string): Entry => {
    const entry = tree.entries.alive(ns, toRead(path).key);
    if (entry === undefined) throw new AccountFilesError("not-found", `There is nothing at ${path || "/"}.`);
    return entry;
  };
  const livesOn = (entry: Entry): boolean => tree.entries.aliveById(ns, entry.id) !== undefined;
  const toRead = (path: string): FullPath => translate(path, () => readPath(tree.entries, scope, path));
  const toWrite = (path: string, folder: boolean): FullPath =>
    translate(path, () => writePath(tree.entries, scope, path, folder));
  const revision = (path: string, rev: string): FileEntry => {
    const stamp = stampOf(ns, rev);
    const found = stamp === null ? undefined : tree.revisions.find(ns, stamp);
    if (found === undefined || found.key !== toRead(path).key)
      throw new AccountFilesError("bad-revision", `${path} never had the version ${rev}.`);
    return found;
  };
  const write = <T>(path: string, work: () => T): Promise<T> =>
    store.write(ns, work).catch((error) =>
      translate(path, () => {
        throw error;
      }),
    );

  return {
    async list(path, { deleted = false } = {}) {
      const folder = deleted ? (tree.entries.find(ns, toRead(path).key) ?? find(path)) : find(path);
      if (!folder.folder) throw new AccountFilesError("not-a-folder", `${path} is a file.`);
      return tree.entries
        .children(folder.row, deleted)
        .filter((entry) => isNamed(entry) && !(entry.deleted && livesOn(entry)))
        .map(entryOf)
        .sort(byKindAndName);
    },

    async get(path) {
      const entry = tree.entries.alive(ns, toRead(path).key);
      return entry === undefined ? null : entryOf(entry);
    },

    async read(path, options = {}) {
      const file = options.rev === undefined ? asFile(find(path), path) : revision(path, options.rev);
      const start = Math.max(0, options.start ?? 0);
      const end = Math.min(file.size, options.end ?? file.size);
      return { file: fileOf(file), content: store.contents.read(file.hash, start, end) };
    },

    async upload(path, content, options = {}) {
      const target = toWrite(path, false);
      const received = await receive(content, store.packs, Number.MAX_SAFE_INTEGER);
      const slices = received.slice === null ? [] : [received.slice];
      const mode = options.ifExists ?? "refuse";
      let isNew = false;
      try {
        return await write(path, () => {
          isNew = store.contents.store({ ...received, slices });
          const entry = tree.putFile(ns, target, {
            hash: received.hash,
            size: received.size,
            clientModified: options.modified ?? store.now(),
            mode: modeOf(ns, mode),
            autorename: mode === "rename",
            // Saving an edit of a file that is gone must not bring it back unasked; nor must equal content count as uploaded.
            strict: mode !== "overwrite",
          });
          return fileOf({ ...entry, hash: received.hash });
        });
      } catch (error) {
        isNew = false;
        if (error instanceof AccountFilesError && error.code === "exists" && typeof mode === "object")
          throw new AccountFilesError("changed", `${path} was changed by somebody else meanwhile.`, error);
        throw error;
      } finally {
        if (!isNew) await discard(received, store.packs);
      }
    },

    async createFolder(path) {
      const target = toWrite(path, true);
      return write(path, () => folderOf(tree.makeFolder(ns, target, false)));
    },

    async move(from, to) {
      return write(to, () => {
        const entry = named(find(from));
        const target = toWrite(to, entry.folder);
        return entryOf(move(tree, entry, target, { autorename: false, caseOnly: "rename" }));
      });
    },

    async copy(from, to) {
      return write(to, () => {
        const entry = named(find(from));
        return entryOf(copy(tree, entry, { ...toWrite(to, entry.folder), ns }, { autorename: false }));
      });
    },

    async delete(path) {
      await write(path, () => tree.remove(named(find(path))));
    },

    async history(path, limit = STANDARD_HISTORY) {
      const { key } = toRead(path);
      const entry = tree.entries.find(ns, key);
      const versions = tree.revisions.byPath(ns, key, limit);
      if (versions.length === 0) throw new AccountFilesError("not-found", `No file ever was at ${path}.`);
      return versions.map(
        (file): FileVersion => ({
          ...fileOf(file),
          current: entry?.deleted === false && entry.stamp === file.stamp,
        }),
      );
    },

    async restore(path, rev) {
      return write(path, () => {
        const version = revision(path, rev);
        return fileOf({ ...tree.restore(ns, version), hash: version.hash });
      });
    },

    async undelete(path) {
      return write(path, () => {
        const entry = tree.entries.find(ns, toRead(path).key);
        if (entry?.deleted !== true) throw new AccountFilesError("not-found", `Nothing was deleted at ${path || "/"}.`);
        return aliveOf(undelete(tree, entry));
      });
    },

    async recent(limit) {
      return recentChanges(store.log, tree, ns, limit).map(
        ({ what, entry, from, at }): RecentAccountChange => ({
          what,
          kind: entry.folder ? "folder" : "file",
          name: nameOf(entry.display),
          path: entry.display,
          from,
          at,
        }),
      );
    },

    subscribe(listener) {
      let { seq: seen, epoch } = store.states.read(ns);
      const folder = { ns, key: "", recursive: true };
      return store.onChange(ns, () => {
        const state = store.states.find(ns);
        if (state !== undefined && state.epoch !== epoch) {
          ({ seq: seen, epoch } = state);
          listener([]);
          return;
        }
        const changes = store.log.changes(folder, null, seen, CHANGES_AT_ONCE);
        // What is left after this many is told at the next change; nobody reads so long a list anyway.
        seen = changes.at(-1)?.seq ?? seen;
        listener(
          changes.map(
            (change): AccountChange =>
              change.kind === "put"
                ? { kind: "put", entry: aliveOf(change.entry) }
                : { kind: "deleted", path: change.display },
          ),
        );
      });
    },

    async usage() {
      const { used, quota } = store.states.read(ns);
      return { used, allocated: quota };
    },
  };
}

function modeOf(ns: number, mode: "refuse" | "rename" | "overwrite" | { readonly rev: string }): WriteMode {
  if (typeof mode === "object") return { update: stampOf(ns, mode.rev) ?? -1 };
  return mode === "overwrite" ? "overwrite" : "add";
}

function isNamed(entry: Entry): boolean {
  return entry.key !== "";
}

function named(entry: Entry): Entry {
  if (!isNamed(entry)) throw new AccountFilesError("bad-name", "The whole Dropbox can't be moved, copied or deleted.");
  return entry;
}

function asFile(entry: Entry, path: string): FileEntry {
  if (entry.hash === null) throw new AccountFilesError("not-a-file", `${path || "/"} is a folder.`);
  return { ...entry, hash: entry.hash };
}

function entryOf(entry: Entry): AccountEntry {
  return entry.deleted ? deletedOf(entry) : aliveOf(entry);
}

function aliveOf(entry: Entry): AccountFile | AccountFolder {
  return entry.hash === null ? folderOf(entry) : fileOf({ ...entry, hash: entry.hash });
}

function folderOf(entry: Entry): AccountFolder {
  return { kind: "folder", name: nameOf(entry.display), path: entry.display, id: entry.id };
}

function deletedOf(entry: Entry): DeletedEntry {
  return {
    kind: "deleted",
    was: entry.folder ? "folder" : "file",
    name: nameOf(entry.display),
    path: entry.display,
    deletedAt: entry.serverModified,
  };
}

function fileOf(file: FileEntry): AccountFile {
  return {
    kind: "file",
    name: nameOf(file.display),
    path: file.display,
    id: file.id,
    rev: revOf(file.ns, file.stamp),
    size: file.size,
    contentHash: file.hash,
    clientModified: Math.floor(file.clientModified / 1000) * 1000,
    serverModified: Math.floor(file.serverModified / 1000) * 1000,
  };
}

function byKindAndName(a: AccountEntry, b: AccountEntry): number {
  const rank = (entry: AccountEntry) =>
    entry.kind === "folder" || (entry.kind === "deleted" && entry.was === "folder") ? 0 : 1;
  return rank(a) - rank(b) || BY_NAME.compare(a.name, b.name);
}
