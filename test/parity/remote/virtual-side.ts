import { pathKey } from "@twinfold/dropbox-rules";
import { systemClock } from "@twinfold/engine";
import { DropboxError, type DropboxErrorTag, VirtualDropbox, VirtualRemote } from "@twinfold/simulator";
import { FOLDER, type Item, OthersError, PAGE, QUOTA, type RemoteSide } from "./sides.ts";

export interface VirtualSide extends RemoteSide {
  readonly dropbox: VirtualDropbox;
}

const CODES: Readonly<Record<DropboxErrorTag, OthersError["code"]>> = {
  not_found: "not-found",
  conflict: "exists",
  disallowed_name: "bad-name",
  insufficient_space: "full",
  nested: "into-itself",
};

export function openVirtualSide(): VirtualSide {
  const dropbox = new VirtualDropbox();
  dropbox.quota = QUOTA;
  const remote = new VirtualRemote(dropbox, { clock: systemClock, folder: FOLDER, pageSize: () => PAGE });
  return {
    dropbox,
    remote,
    others: {
      upload: async (path, content, mtime) => told(() => dropbox.upload(path, Buffer.from(content), { mtime })),
      mkdir: async (path) => told(() => dropbox.createFolder(path)),
      move: async (from, path) => told(() => dropbox.move(from, path, "rename")),
      remove: async (path) => told(() => dropbox.remove(path)),
    },
    async items() {
      return [...dropbox.walk(dropbox.root)].map((item): Item => {
        const path = dropbox.pathOf(item);
        if (item.kind === "folder") return { kind: "folder", path, id: item.id };
        const { id, rev, hash, content, mtime } = item;
        return { kind: "file", path, id, rev, hash, size: content.length, mtime };
      });
    },
    history: async (path) => dropbox.revisions.filter(({ key }) => key === pathKey(path)).reverse(),
    resetCursors: async () => remote.resetCursors(),
    async revoke() {
      dropbox.revoked = true;
    },
    allTold: () => new Promise((resolve) => setImmediate(resolve)),
    close: async () => undefined,
  };
}

function told(deed: () => unknown): void {
  try {
    deed();
  } catch (error) {
    throw error instanceof DropboxError ? new OthersError(CODES[error.tag]) : error;
  }
}
