/**
 * Kinds of file systems that several machines write in, or a program behind the kernel's back. inotify tells of what goes
 * through this machine's kernel, and so of no other's writes there.
 */
const SHARED = new Set([
  // Of a network.
  ..."nfs nfs4 cifs smb3 smbfs afs coda ncpfs ceph lustre beegfs gpfs pvfs2 orangefs panfs wekafs".split(" "),
  // Of one disk that several machines have mounted.
  ..."gfs2 ocfs2".split(" "),
  // Of the machine that this one runs in.
  ..."9p virtiofs vboxsf prl_fs vmhgfs fakeowner".split(" "),
]);

/** Programs that nobody goes around: all that is written in theirs is written through them. */
const WHOLE_IN_FUSE = new Set(["fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.portal"]);

/**
 * Whether inotify tells here of whoever writes in a file system of this kind. An overlay does: its layers are not to be
 * written beneath it (the kernel's overlayfs.rst calls that undefined). What lies behind FUSE may be anything, so that
 * `fuse`, `fuse.sshfs` and the rest count as shared; `fuseblk` is a disk of this machine.
 */
export function tellsOfAllWriters(kind: string): boolean {
  if (kind === "fuse" || kind.startsWith("fuse.")) return WHOLE_IN_FUSE.has(kind);
  return !SHARED.has(kind);
}
