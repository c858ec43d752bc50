import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** Bytes that a Unix socket's path may have (unix(7), sun_path, with its final NUL). */
const LONGEST_SOCKET_PATH = 107;

/**
 * What to listen on or connect to for a socket at `path`. Where that is too long for a socket, its folder is named by an open
 * descriptor (proc_pid_fd(5)), so that it lies in the user's own folder all the same.
 */
export function openSocketAddress(path: string): { readonly address: string; close(): void } {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return { address: path, close: () => undefined };
  const fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { address: `/proc/self/fd/${fd}/${basename(path)}`, close: () => closeSync(fd) };
}
