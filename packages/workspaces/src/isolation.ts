import { spawnSync } from "node:child_process";

/** How `/files` is provided: by a mount namespace of the application's own, or, where none is allowed, by its working folder. */
export type Isolation = "mount namespace" | "working folder";

export const FILES = "/files";

/**
 * Mounts the instance's files at /files, hides the folder in which they lie but for the user's home, then becomes a shell.
 * The process numbers are its own too: others' are not seen, and all end with it. Arguments, not text of the script: names
 * can't be taken for commands. `-c`: the home as it is held open, not as its name leads to it by then.
 */
const ENTER = `set -e
mkdir -p /files
mount --bind "$1" /files
cd "$2"
mount -t tmpfs -o mode=0755 tmpfs "$3"
mkdir -p "$2"
mount -c --bind . "$2"
cd /files`;
const SHELL = `exec "\${SHELL:-/bin/bash}" -i`;

const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

let probed: readonly string[] | null | undefined;

/** The unshare command that may do all this here; null where none may. */
function namespaceCommand(): readonly string[] | null {
  if (probed !== undefined) return probed;
  probed = null;
  for (const flags of [NAMESPACES, ["--user", "--map-root-user", ...NAMESPACES]]) {
    const test = spawnSync("unshare", [...flags, "sh", "-c", ENTER, "sh", "/tmp", "/tmp", "/tmp"], { stdio: "ignore" });
    if (test.status === 0) {
      probed = ["unshare", ...flags];
      break;
    }
  }
  return probed;
}

export function terminalIsolation(): Isolation {
  return namespaceCommand() === null ? "working folder" : "mount namespace";
}

/** The command that becomes a shell in a namespace of its own; null where none is allowed. */
export function enterNamespace(folders: {
  readonly files: string;
  readonly home: string;
  readonly hidden: string;
}): string[] | null {
  const unshare = namespaceCommand();
  if (unshare === null) return null;
  return [...unshare, "sh", "-c", `${ENTER}\n${SHELL}`, "sh", folders.files, folders.home, folders.hidden];
}
