/** "nobody" and "nogroup", as on Debian. */
const UID = 65_534;
const GID = 65_534;

/**
 * What can't be read is read by root all the same: where this process is root's, it acts for somebody without rights from
 * here on.
 * @param giveAway makes that user the owner of what it is to work on
 * @returns how to be root again
 */
export function asOrdinaryUser(giveAway: (uid: number, gid: number) => void): () => void {
  const { getuid, getgid, seteuid, setegid } = process;
  if (getuid?.() !== 0 || getgid === undefined || seteuid === undefined || setegid === undefined)
    return () => undefined;
  giveAway(UID, GID);
  const group = getgid();
  setegid(GID);
  seteuid(UID);
  return () => {
    seteuid(0);
    setegid(group);
  };
}
