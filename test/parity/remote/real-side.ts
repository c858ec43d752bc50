import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropboxHosts, openDropboxAccount, parseRemotePath } from "@twinfold/dropbox";
import {
  type AccountEntry,
  AccountFilesError,
  type AccountFilesErrorCode,
  startDropboxLocal,
} from "@twinfold/dropbox-local";
import { type ContentHash, type RemoteId, type Rev, systemClock, systemRandomness } from "@twinfold/engine";
import { FOLDER, type Item, OthersError, PAGE, QUOTA, type RemoteSide, type Version } from "./sides.ts";
import { openSmallPages } from "./small-pages.ts";

const CODES: Readonly<Partial<Record<AccountFilesErrorCode, OthersError["code"]>>> = {
  "not-found": "not-found",
  exists: "exists",
  "bad-name": "bad-name",
  full: "full",
  "into-itself": "into-itself",
};
/** What is asked of the server meanwhile is answered after what it had to tell. */
const ROUND_TRIPS = 5;

/** A local Dropbox that listens, and a link to it. What it keeps is kept in memory where there is such a place. */
export async function openRealSide(): Promise<RemoteSide> {
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const dataFolder = mkdtempSync(join(place, "twinfold-parity-"));
  const dropbox = await startDropboxLocal({ dataFolder, control: true, quotaBytes: QUOTA });
  const ready = await dropbox.readyMade();
  const smallPages = await openSmallPages(dropbox.url, PAGE);
  const account = openDropboxAccount({
    hosts: { ...dropboxHosts(dropbox.url), api: smallPages.url },
    app: ready,
    refreshToken: ready.refreshToken,
    clock: systemClock,
    randomness: systemRandomness,
  });
  const files = dropbox.accountFiles(ready.accountId);
  const appFolder = "/Apps/Twinfold";
  const at = (path: string) => (path === "" ? appFolder : `${appFolder}/${path}`);

  async function itemsBelow(folder: string): Promise<Item[]> {
    const items: Item[] = [];
    for (const entry of await files.list(at(folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      items.push(itemOf(path, entry));
      if (entry.kind === "folder") items.push(...(await itemsBelow(path)));
    }
    return items;
  }

  async function control(name: string, method: "GET" | "POST", body?: unknown): Promise<void> {
    const answer = await fetch(`${dropbox.url}/__control/${name}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    await answer.arrayBuffer();
  }

  return {
    remote: account.folder(parseRemotePath(`/${FOLDER}`), "Ada Lovelace"),
    others: {
      upload: (path, content, mtime) =>
        told(files.upload(at(path), piecesOf(content), { ifExists: "overwrite", modified: mtime * 1000 })),
      mkdir: (path) => told(files.createFolder(at(path))),
      move: (from, path) => told(files.move(at(from), at(path))),
      remove: (path) => told(files.delete(at(path))),
    },
    items: () => itemsBelow(""),
    async history(path) {
      try {
        const versions = await files.history(at(path));
        return versions.map(({ rev, contentHash }): Version => ({ rev: rev as Rev, hash: contentHash as ContentHash }));
      } catch (error) {
        if (error instanceof AccountFilesError && error.code === "not-found") return [];
        throw error;
      }
    },
    resetCursors: () => control("reset-cursors", "POST", { accountId: ready.accountId }),
    revoke: () => control("revoke-link", "POST", { accountId: ready.accountId, appKey: ready.appKey }),
    async allTold() {
      for (let trip = 0; trip < ROUND_TRIPS; trip++) await control("faults", "GET");
    },
    async close() {
      await account.close();
      await smallPages.close();
      await dropbox.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function told(deed: Promise<unknown>): Promise<void> {
  try {
    await deed;
  } catch (error) {
    const code = error instanceof AccountFilesError ? CODES[error.code] : undefined;
    throw code === undefined ? error : new OthersError(code);
  }
}

function itemOf(path: string, entry: AccountEntry): Item {
  if (entry.kind === "folder") return { kind: "folder", path, id: entry.id as RemoteId };
  if (entry.kind !== "file") throw new TypeError(`${path} is listed, but was deleted`);
  return {
    kind: "file",
    path,
    id: entry.id as RemoteId,
    rev: entry.rev as Rev,
    hash: entry.contentHash as ContentHash,
    size: entry.size,
    mtime: entry.clientModified / 1000,
  };
}

async function* piecesOf(content: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(content);
}
