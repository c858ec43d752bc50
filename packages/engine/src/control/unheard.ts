import type { Mount } from "../ports/file-system.ts";
import { ROOT_PATH } from "../ports/values.ts";
import type { Unheard } from "../status.ts";

/** What is found still has to be hashed and sent, in milliseconds. */
const SENT_WITHIN = 10_000;
const MINUTE = 60_000;
/** File systems behind which there is another program, or the machine that this one runs in, rather than a network. */
const BEHIND_A_PROGRAM = /^(fuse|9p|virtiofs|vboxsf|prl_fs|vmhgfs|fakeowner)/;

/** What people are told of places where others write unheard. @param within milliseconds; null where there are none */
export function unheardInWords(shares: readonly Mount[], within: number | null): Unheard | null {
  if (within === null) return null;
  const withinMinutes = Math.ceil((within + SENT_WITHIN) / MINUTE);
  const time = withinMinutes === 1 ? "a minute" : `${withinMinutes} minutes`;
  return {
    places: shares.map(({ path, kind }) => ({ path, kind })),
    withinMinutes,
    message: `${where(shares)}: changes by other machines are found within ${time}.`,
  };
}

function where(shares: readonly Mount[]): string {
  const [first, ...others] = shares;
  if (first === undefined) return "All files are looked at again and again, as it was set";
  const root = shares.find(({ path }) => path === ROOT_PATH);
  if (root !== undefined) return `This folder lies on ${kindInWords(root.kind)}`;
  if (others.length === 0) return `${first.path} lies on ${kindInWords(first.kind)}`;
  return `${first.path} and ${others.length} more lie on file systems that others may write in unheard`;
}

function kindInWords(kind: string): string {
  return BEHIND_A_PROGRAM.test(kind)
    ? `a file system that others may write in unheard (${kind})`
    : `a network file system (${kind})`;
}
