import { spawnSync } from "node:child_process";

/** How `/files` is provided: by a mount namespace of the application's own, or, where none is allowed, by its working folder. */
export type Isolation = "mount namespace" | "working folder";

export const FILES = "/files";

/**
 * Mounts the instance's files at /files, hides the folder in which they lie but for the user's home, and other applications'
 * sockets, then becomes the program. The process numbers are its own too: others' are not seen, and all end with it.
 * Arguments, not text of the script: names can't be taken for commands. `-c`: the folder as it is held open, not as its name
 * leads to it by then.
 */
const ENTER = `set -e
but_for() {
  cd "$1"
  mount -t tmpfs -o mode=0755 tmpfs "$2"
  mkdir -p "$1"
  mount -c --bind . "$1"
}
mkdir -p /files
mount --bind "$1" /files
if [ -n "$5" ]; then but_for "$5" "$4"; elif [ -n "$4" ]; then mount -t tmpfs -o mode=0755 tmpfs "$4"; fi
but_for "$2" "$3"
cd /files
shift 5`;
const RUN = `exec "$@"`;

const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

let probed: readonly string[] | null | undefined;

/** The unshare command that may do all this here; null where none may. */
function namespaceCommand(): readonly string[] | null {
  if (probed !== undefined) return probed;
  probed = null;
  for (const flags of [NAMESPACES, ["--user", "--map-root-user", ...NAMESPACES]]) {
    const test = spawnSync("unshare", [...flags, "sh", "-c", ENTER, "sh", "/tmp", "/tmp", "/tmp", "/tmp", "/tmp"], {
      stdio: "ignore",
    });
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

/** Where applications' sockets lie, each one's in a folder of its own. */
export interface SocketFolders {
  readonly all: string;
  /** The one that the application itself sees. */
  readonly own?: string;
}

/** The command that becomes the given one in a namespace of its own; null where none is allowed. */
export function enterNamespace(
  folders: {
    readonly files: string;
    readonly home: string;
    readonly hidden: string;
    readonly sockets?: SocketFolders | undefined;
  },
  command: readonly string[],
): string[] | null {
  const unshare = namespaceCommand();
  if (unshare === null) return null;
  const { files, home, hidden, sockets } = folders;
  const places = [files, home, hidden, sockets?.all ?? "", sockets?.own ?? ""];
  return [...unshare, "sh", "-c", `${ENTER}\n${RUN}`, "sh", ...places, ...command];
}
