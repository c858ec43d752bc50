import { joinPath, type RelativePath, systemClock, type Watcher } from "@twinfold/engine";
import { DiskUser, VirtualDisk, VirtualFileSystem } from "@twinfold/simulator";
import { type DiskSide, modeOf, type SystemCalls } from "./sides.ts";

const STAGING = ".twinfold" as RelativePath;

export interface VirtualSide extends DiskSide {
  readonly disk: VirtualDisk;
}

export function openVirtualSide(): VirtualSide {
  const disk = new VirtualDisk(systemClock);
  const files = new VirtualFileSystem(disk, { clock: systemClock });
  let watcher: Watcher | null = null;
  return {
    disk,
    calls: callsOf(disk),
    files,
    tick: () => undefined,
    rootAway: () => disk.setMounted(false),
    rootBack: () => disk.setMounted(true),
    async watch(onHints) {
      watcher = await files.watch(onHints);
    },
    add: async (folders) => watcher?.add(folders) ?? [],
    allHintsTold: () => new Promise((resolve) => setImmediate(resolve)),
    close: async () => undefined,
  };
}

function callsOf(disk: VirtualDisk): SystemCalls {
  const user = new DiskUser(disk);
  const at = (path: string) => path as RelativePath;
  return {
    write: (path, content) => user.write(path, content),
    append: (path, content) => user.append(path, content),
    truncate: (path, size) => user.truncate(path, size),
    mkdir: (path) => user.mkdir(path),
    rmdir: (path) => disk.removeFolder(at(path)),
    unlink: (path) => user.unlink(path),
    rename: (from, to) => user.rename(from, to),
    link: (from, to) => user.hardLink(from, to),
    symlink: (path) => user.symlink(path),
    fifo: (path) => disk.createSpecial(at(path), "named pipe"),
    chmod: (path, access) => disk.setMode(at(path), modeOf(access, disk.find(at(path)).kind === "folder")),
    touch: (path, milliseconds) => user.touch(path, milliseconds),
    removeStaging() {
      if (disk.lookup(STAGING) === undefined) return;
      for (const name of disk.folder(STAGING).children.keys()) user.rmtree(joinPath(STAGING, name));
      disk.removeFolder(STAGING);
    },
    peek(path) {
      const { mode, content } = disk.file(at(path));
      return { mode, content: new TextDecoder().decode(content) };
    },
  };
}
