import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { contentHasher } from "@twinfold/dropbox-rules";
import { type Name, ROOT_PATH, type Watcher } from "@twinfold/engine";
import { openFileSystem } from "@twinfold/filesystem";
import { asOrdinaryUser } from "./ordinary-user.ts";
import { type DiskSide, modeOf, type SystemCalls } from "./sides.ts";

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;

/** A folder of its own below `place`, which says what kind of file system it is. */
export async function openRealSide(place: string): Promise<DiskSide> {
  const base = mkdtempSync(join(place, "twinfold-parity-"));
  const becomeRoot = asOrdinaryUser((uid, gid) => chownSync(base, uid, gid));
  const outer = join(base, "outer");
  const aside = join(base, "aside");
  const root = join(outer, "root");
  const loop = join(base, "loop");
  mkdirSync(root, { recursive: true });
  symlinkSync(loop, loop);
  const files = openFileSystem({ root, hasher: contentHasher, session: "parity" });
  const bell = await hangUpBell(join(base, "bell"));
  let watcher: Watcher | null = null;
  return {
    calls: callsOf(root, loop),
    files,
    tick: clockOf(join(base, "clock")),
    rootAway(replaced) {
      renameSync(outer, aside);
      if (replaced) mkdirSync(root, { recursive: true });
    },
    rootBack() {
      rmSync(outer, { recursive: true, force: true });
      renameSync(aside, outer);
    },
    async watch(onHints) {
      watcher = await files.watch(onHints);
    },
    add: async (folders) => watcher?.add(folders) ?? [],
    allHintsTold: bell.ring,
    async close() {
      await watcher?.close();
      await bell.close();
      await files.close().catch(() => undefined);
      becomeRoot();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Makes something happen that is heard of after all that happened before: the kernel has one queue for the process. */
async function hangUpBell(folder: string) {
  mkdirSync(folder);
  const files = openFileSystem({ root: folder, hasher: contentHasher, session: "bell" });
  const waiting = new Map<string, () => void>();
  const watcher = await files.watch((hints) => {
    for (const hint of hints)
      for (const name of hint.kind === "folder" ? (hint.names ?? []) : ([] as Name[])) waiting.get(name)?.();
  });
  await watcher.add([ROOT_PATH]);
  let rings = 0;
  return {
    async ring(): Promise<void> {
      const name = `${++rings}`;
      const heard = new Promise<void>((resolve) => waiting.set(name, resolve));
      writeFileSync(join(folder, name), "");
      await heard;
      waiting.delete(name);
    },
    async close(): Promise<void> {
      await watcher.close();
      await files.close();
    },
  };
}

/** Waits, within the call, until the file system's clock shows another time. */
function clockOf(file: string): () => void {
  let last = 0n;
  return () => {
    for (let now = last; now === last; now = lstatSync(file, { bigint: true }).mtimeNs) writeFileSync(file, "");
    last = lstatSync(file, { bigint: true }).mtimeNs;
  };
}

/** @param loop a link that leads nowhere, wherever it is followed from */
function callsOf(root: string, loop: string): SystemCalls {
  const at = (path: string) => `${root}/${path}`;
  const open = (path: string, flags: number, body: (fd: number) => void) => {
    // A pipe without a reader, or a link, is an error and not something to wait for or to write through.
    const fd = openSync(at(path), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | flags, 0o644);
    try {
      body(fd);
    } finally {
      closeSync(fd);
    }
  };
  return {
    write: (path, content) => open(path, O_CREAT | O_TRUNC, (fd) => writeSync(fd, content)),
    append: (path, content) => open(path, O_APPEND, (fd) => writeSync(fd, content)),
    truncate: (path, size) => open(path, 0, (fd) => ftruncateSync(fd, size)),
    mkdir: (path) => mkdirSync(at(path)),
    rmdir: (path) => rmdirSync(at(path)),
    unlink: (path) => unlinkSync(at(path)),
    rename: (from, to) => renameSync(at(from), at(to)),
    link: (from, to) => linkSync(at(from), at(to)),
    symlink: (path) => symlinkSync(loop, at(path)),
    fifo(path) {
      // The command says what was wrong in words only; link(2) has a code.
      const beside = `${root}/../fifo`;
      execFileSync("mkfifo", [beside]);
      try {
        linkSync(beside, at(path));
      } finally {
        unlinkSync(beside);
      }
    },
    chmod: (path, access) => chmodSync(at(path), modeOf(access, lstatSync(at(path)).isDirectory())),
    touch(path, milliseconds) {
      const time = new Date(milliseconds);
      utimesSync(at(path), time, time);
    },
    removeStaging: () => rmSync(at(".twinfold"), { recursive: true, force: true }),
    peek: (path) => ({ mode: lstatSync(at(path)).mode & 0o7777, content: readFileSync(at(path), "utf8") }),
  };
}
