import type { HeldFolder } from "@twinfold/filesystem";
import { z } from "zod";

const binding = z.object({ rootIdentity: z.string(), accountId: z.string(), remotePath: z.string() });

/** What the trees in a state folder are about. Trees that are about anything else are as if nothing were known. */
export type Binding = z.infer<typeof binding>;

const FILE = "binding.json";

/** Null for none, and for one that can't be read. @throws InTheWayError */
export function readBinding(folder: HeldFolder): Binding | null {
  const text = folder.read(FILE);
  try {
    return text === null ? null : binding.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whole or not at all: half of it would be about nothing, and all that is remembered with it. @throws InTheWayError */
export function writeBinding(folder: HeldFolder, wanted: Binding): void {
  folder.replace(FILE, JSON.stringify(wanted));
}

/** @throws InTheWayError */
export function isAbout(folder: HeldFolder, wanted: Binding): boolean {
  const known = readBinding(folder);
  return (
    known !== null &&
    known.rootIdentity === wanted.rootIdentity &&
    known.accountId === wanted.accountId &&
    known.remotePath === wanted.remotePath
  );
}
