import koffi from "koffi";

/** What Node does not offer and Linux does: inotify, renameat2, statx, extended attributes (man pages, section 2). With glibc only. */
const libc = process.platform === "linux" ? load() : null;

function load() {
  try {
    const library = koffi.load("libc.so.6");
    koffi.struct("pollfd", { fd: "int", events: "short", revents: "short" });
    return {
      inotify_init1: library.func("int inotify_init1(int flags)"),
      inotify_add_watch: library.func("int inotify_add_watch(int fd, const char *path, uint32_t mask)"),
      inotify_rm_watch: library.func("int inotify_rm_watch(int fd, int wd)"),
      poll: library.func("int poll(_Inout_ pollfd *fds, unsigned long count, int timeout)"),
      getxattr: library.func("long getxattr(const char *path, const char *name, _Out_ uint8_t *value, size_t size)"),
      setxattr: library.func(
        "int setxattr(const char *path, const char *name, const uint8_t *value, size_t size, int flags)",
      ),
      syncfs: library.func("int syncfs(int fd)"),
      statx: library.func("int statx(int dirfd, const char *path, int flags, unsigned int mask, void *buffer)"),
      renameat2: library.func(
        "int renameat2(int fromdir, const char *from, int todir, const char *to, unsigned int flags)",
      ),
    };
  } catch {
    return null;
  }
}

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_STATX_FORCE_SYNC = 0x2000;
const STATX_ALL = 0xfff;
const POLLIN = 1;
const IN_NONBLOCK = 0o4000;
const IN_CLOEXEC = 0o2000000;

export class NativeError extends Error {
  override readonly name = "NativeError";
  /** As Node's own: `ENOENT`, `EEXIST`, … */
  readonly code: string;
  constructor(call: string, path: string) {
    const errno = koffi.errno();
    const code = Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
    super(`${code}: ${call} '${path}'`);
    this.code = code;
  }
}

/** What is said where a flag of a call, or the call itself, is not known. */
const NOT_OFFERED = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

export const isNotOffered = (error: unknown): boolean => error instanceof NativeError && NOT_OFFERED.has(error.code);

/** Whether inotify and renameat2 can be called here. */
export const nativeAvailable = libc !== null;

function rename(from: string | Buffer, to: string | Buffer, flags: number): void {
  if (libc === null) throw new Error("renameat2 is not available here");
  if (libc.renameat2(AT_FDCWD, ended(from), AT_FDCWD, ended(to), flags) !== 0)
    throw new NativeError("rename", String(from));
}

/** A name of bytes ends at a NUL, which strings are given by themselves. */
const ended = (name: string | Buffer) => (typeof name === "string" ? name : Buffer.concat([name, Buffer.alloc(1)]));

/** Renames to a name that must be free. @throws NativeError `EEXIST`; as `isNotOffered` where it can't be promised */
export function renameNoReplace(from: string, to: string): void {
  rename(from, to, RENAME_NOREPLACE);
}

/** Two names change what they stand for, at once. @throws NativeError, as `isNotOffered` where it can't be done */
export function renameExchange(a: string | Buffer, b: string | Buffer): void {
  rename(a, b, RENAME_EXCHANGE);
}

/** Bytes of the longest value that is read. */
const LONGEST_ATTRIBUTE = 256;

/** The value of an extended attribute as text; null when there is none. @throws NativeError `ENOTSUP`, … */
export function readAttribute(path: string, name: string): string | null {
  if (libc === null) return null;
  const value = Buffer.alloc(LONGEST_ATTRIBUTE);
  const length = Number(libc.getxattr(path, name, value, value.length));
  if (length >= 0) return value.subarray(0, length).toString("utf8");
  const error = new NativeError("getxattr", path);
  if (error.code === "ENODATA") return null;
  throw error;
}

/** @throws NativeError `ENOTSUP`, `EPERM`, `ENOSPC`, … */
export function writeAttribute(path: string, name: string, text: string): void {
  if (libc === null) return;
  const value = Buffer.from(text, "utf8");
  if (libc.setxattr(path, name, value, value.length, 0) !== 0) throw new NativeError("setxattr", path);
}

/** A struct statx. */
const attributes = Buffer.alloc(256);
/** A kernel, or a sandbox, that does not know the call. */
const UNKNOWN_CALL = new Set(["ENOSYS", "EPERM", "EINVAL", "EOPNOTSUPP"]);

/**
 * Lets the kernel ask whoever has a file for its attributes: of a network file system it remembers them for up to a minute
 * (nfs(5), acregmax). What is looked at next is then as it is. @throws NativeError `ENOENT`, ...
 */
export function refreshAttributes(path: string): void {
  if (libc === null) return;
  if (libc.statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_STATX_FORCE_SYNC, STATX_ALL, attributes) === 0) return;
  const error = new NativeError("statx", path);
  if (!UNKNOWN_CALL.has(error.code)) throw error;
}

export function inotifyInit(): number {
  if (libc === null) return -1;
  const fd: number = libc.inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) throw new NativeError("inotify_init1", "");
  return fd;
}

/** @throws NativeError `ENOSPC` when the user's watches are used up, `ENOENT`, `ENOTDIR` */
export function inotifyAdd(fd: number, path: string, mask: number): number {
  const wd: number = libc?.inotify_add_watch(fd, path, mask) ?? -1;
  if (wd < 0) throw new NativeError("inotify_add_watch", path);
  return wd;
}

export function inotifyRemove(fd: number, wd: number): void {
  libc?.inotify_rm_watch(fd, wd);
}

/** Resolves when the descriptor can be read, or after `timeout` milliseconds. Waits in a thread of its own. */
export function untilReadable(fd: number, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    if (libc === null) resolve();
    else libc.poll.async([{ fd, events: POLLIN, revents: 0 }], 1, timeout, () => resolve());
  });
}

/**
 * All that was written to the file system of an open descriptor is on its disk (syncfs(2)); in a thread of its own.
 * @throws Error where it can't be called, or what was written could not all be put there
 */
export function flushFileSystem(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (libc === null) throw new Error("syncfs is not available here");
    libc.syncfs.async(fd, (error: Error | null, result: number) => {
      if (error === null && result === 0) resolve();
      else reject(error ?? new Error("syncfs: the file system could not write all that it was to"));
    });
  });
}
