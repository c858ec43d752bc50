import type { AccountFiles } from "@twinfold/dropbox-local";
import { contentHash, pathKey } from "@twinfold/dropbox-rules";
import type { Contents } from "./contents.ts";
import type { Ledger } from "./ledger.ts";
import { byKey, type Tree } from "./tree.ts";

/** More versions than any path comes to have. */
const ALL_VERSIONS = 1_000_000;

export function inWords(hash: string | null | undefined, contents: Contents): string {
  if (hash === undefined) return "nothing";
  return hash === null ? "a folder" : (contents.labelOf(hash) ?? `what nobody wrote (${hash})`);
}

/** Both sides hold the same under the names that Dropbox knows, and nothing that nobody wrote. */
export function compareSides(disk: Tree, dropbox: Tree, contents: Contents): string[] {
  const violations: string[] = [];
  const [here, there] = [byKey(disk), byKey(dropbox)];
  if (here.size !== disk.size) violations.push("on disk two names are one in Dropbox");
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const [one, other] = [here.get(key), there.get(key)];
    if (one !== other)
      violations.push(`${key}: ${inWords(one, contents)} on disk, ${inWords(other, contents)} in Dropbox`);
  }
  for (const [name, tree] of [
    ["on disk", disk],
    ["in Dropbox", dropbox],
  ] as const) {
    for (const [path, hash] of tree) {
      if (hash !== null && contents.labelOf(hash) === undefined)
        violations.push(`${path} ${name} holds what nobody wrote (${hash})`);
      // The engine may pass through a name of its own where names are swapped, but never rests there.
      if (path.includes(".~twinfold")) violations.push(`${path} is left ${name}`);
    }
  }
  return violations;
}

export interface Accounted {
  readonly violations: readonly string[];
  /** Contents that are on both sides now. */
  readonly onBothSides: number;
  /** That were found in Dropbox's history since the last time. */
  readonly inHistory: number;
}

/**
 * Where is what users finished writing? On both sides, which are equal; or in Dropbox's history, of a name that a user gave
 * up. The history is read within the server: over HTTP, `list_revisions` is silent of a name that is a folder's now.
 * @param keys of all that ever was in the folder, relative to it @param folder absolute in the account
 */
export async function accountForContents(
  ledger: Ledger,
  tree: Tree,
  keys: readonly string[],
  files: AccountFiles,
  folder: string,
  contents: Contents,
): Promise<Accounted> {
  const present = new Set(tree.values());
  const missing = new Set([...ledger.owed()].filter((hash) => !present.has(hash)));
  const onBothSides = ledger.owed().size - missing.size;
  const elsewhere = new Map<string, string>();
  let inHistory = 0;
  for (const key of missing.size === 0 ? [] : keys) {
    const versions = await files.history(`${folder}/${key}`, ALL_VERSIONS).catch(() => []);
    for (const { contentHash: hash } of versions) {
      if (!missing.has(hash)) continue;
      if (ledger.isGivenUp(key)) {
        ledger.keep(hash);
        missing.delete(hash);
        inHistory++;
      } else elsewhere.set(hash, key);
    }
  }
  const violations = [...missing].map((hash) => {
    const key = elsewhere.get(hash);
    const what = `"${contents.labelOf(hash)}" (${hash})`;
    return key === undefined
      ? `${what} is lost: on no side, and not in Dropbox's history`
      : `${what} is only in Dropbox's history of ${key}, which nobody gave up`;
  });
  return { violations, onBothSides, inHistory };
}

/** What Dropbox has stored is what its metadata says. */
export async function checkStoredBytes(tree: Tree, files: AccountFiles, folder: string): Promise<string[]> {
  const violations: string[] = [];
  for (const [path, hash] of tree) {
    if (hash === null) continue;
    const parts: Uint8Array[] = [];
    for await (const part of (await files.read(`${folder}/${path}`)).content) parts.push(part);
    if (contentHash(Buffer.concat(parts)) !== hash) violations.push(`${path}: Dropbox stores other bytes than it says`);
  }
  return violations;
}

/** Everything that ever was in the app's folder lies in the session's folder, above it, or is a sentinel as it was. */
export function checkOutside(
  everything: ReadonlyMap<string, { readonly there: boolean; readonly rev: string | undefined }>,
  folder: string,
  sentinels: ReadonlyMap<string, string>,
): string[] {
  const violations: string[] = [];
  const inside = pathKey(folder);
  const known = [...sentinels.keys(), folder].map(pathKey);
  for (const key of everything.keys()) {
    if (key.startsWith(`${inside}/`)) continue;
    if (!known.some((one) => one === key || one.startsWith(`${key}/`)))
      violations.push(`${key} was made in Dropbox, outside the session's folder`);
  }
  for (const [path, rev] of sentinels) {
    const found = everything.get(pathKey(path));
    if (found?.there !== true || found.rev !== rev) violations.push(`${path} in Dropbox was touched`);
  }
  for (const key of everything.keys())
    if (key.startsWith(`${inside}/.twinfold`)) violations.push(`${key} was uploaded: that is the engine's own`);
  return violations;
}
