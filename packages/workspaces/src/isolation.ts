import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How `/files` is provided: by a mount namespace of the application's own, or, where none is allowed, by its working folder. */
export type Isolation = "mount namespace" | "working folder";

export const FILES = "/files";

/**
 * Capabilities with which a program could undo what follows, or go round it: umount, a disk's own device, files by their
 * handles, the kernel's memory and modules, processes of others (capabilities(7)). Root in the namespace is without them for
 * good, in namespaces of its own making as well: what was mounted before is locked there (mount_namespaces(7)).
 */
const WITHOUT = [
  ...["sys_admin", "sys_module", "sys_rawio", "sys_ptrace", "sys_boot", "sys_time", "mknod", "dac_read_search"],
  ...["mac_admin", "mac_override", "syslog", "perfmon", "bpf", "checkpoint_restore"],
]
  .map((name) => `-${name}`)
  .join();

/**
 * Mounts the instance's files at /files and a folder of the program's own at /tmp and /var/tmp, hides the folder in which all
 * files lie but for the user's home, and other applications' sockets, then becomes the program. The process numbers are its
 * own too: others' are not seen, and all end with it. Arguments, not text of the script: names can't be taken for commands.
 * Folders are held open from the start, and mounted as such (`-c`): a name may lead elsewhere by then, and what lies in /tmp
 * is behind the new one. Twinfold's own programs stay where they are, also there.
 */
const ENTER = `set -e
exec 3< "$2" 4< "$6"
if [ -n "$5" ]; then exec 5< "$5"; fi
if [ -n "$7" ]; then exec 6< "$7"; fi
mkdir -p /files
mount --bind "$1" /files
for place in /tmp /var/tmp; do mount -c --bind /proc/self/fd/4 "$place"; done
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
if [ -n "$7" ]; then mkdir -p "$7"; mount -c --bind /proc/self/fd/6 "$7"; fi
if [ -n "$4" ]; then
  mkdir -p "$4"
  mount -t tmpfs -o mode=0755 tmpfs "$4"
  if [ -n "$5" ]; then mkdir -p "$5"; mount -c --bind /proc/self/fd/5 "$5"; fi
fi
mkdir -p "$3"
mount -t tmpfs -o mode=0755 tmpfs "$3"
mkdir -p "$2"
mount -c --bind /proc/self/fd/3 "$2"
exec 3<&- 4<&- 5<&- 6<&-
cd /files
shift 7`;
const RUN = `exec setpriv --bounding-set=${WITHOUT} --inh-caps=${WITHOUT} -- "$@"`;

/** Where Twinfold itself is, if that is where an application has a folder of its own instead; else "". */
const PROGRAMS = (() => {
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  return /^\/(var\/)?tmp\//.test(root) ? root : "";
})();

const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

let probed: readonly string[] | null | undefined;

/** The unshare command that may do all this here; null where none may. */
function namespaceCommand(): readonly string[] | null {
  if (probed !== undefined) return probed;
  probed = null;
  for (const flags of [NAMESPACES, ["--user", "--map-root-user", ...NAMESPACES]]) {
    const places = [...Array.from({ length: 6 }, () => "/tmp"), PROGRAMS];
    const test = spawnSync("unshare", [...flags, "sh", "-c", `${ENTER}\n${RUN}`, "sh", ...places, "true"], {
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
    /** What it has at /tmp. */
    readonly temporary: string;
  },
  command: readonly string[],
): string[] | null {
  const unshare = namespaceCommand();
  if (unshare === null) return null;
  const { files, home, hidden, sockets, temporary } = folders;
  const places = [files, home, hidden, sockets?.all ?? "", sockets?.own ?? "", temporary, PROGRAMS];
  return [...unshare, "sh", "-c", `${ENTER}\n${RUN}`, "sh", ...places, ...command];
}
