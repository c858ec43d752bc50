import { type Bytes, toText } from "./snapshots/bytes.ts";

/** A path at which something could not be done, and why, for people. */
export interface Refused {
  readonly path: Bytes;
  readonly why: string;
}

/** The same as text. */
export interface LeftPath {
  readonly path: string;
  readonly why: string;
}

export const inText = ({ path, why }: Refused): LeftPath => ({ path: toText(path), why });

/** What the kernel said, in words. @param again what is to be done once it is mended @throws what it has not said */
export function refusal(error: unknown, again: string): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case undefined:
      throw error;
    case "ENOSPC":
    case "EDQUOT":
      return "The disk is full.";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `Its folder can't be written to: change who may, then ${again}.`;
    case "EBUSY":
    case "EXDEV":
      return `Another disk is mounted there: unmount it, then ${again}.`;
    default:
      return `The disk refused it (${code}).`;
  }
}
