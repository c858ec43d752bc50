import { nameKey, nameRefusal } from "@twinfold/dropbox-rules";

/** A name as Dropbox takes it: what it refuses is written with a look-alike, or taken away. */
export function dropboxName(name: string): string {
  const replaced = name
    .replaceAll("/", "\u2215")
    .replaceAll("\\", "\u29f5")
    .replace(/\p{Cc}/gu, "")
    .trim();
  return replaced === "" || nameRefusal(replaced) !== null ? `_${replaced}` : replaced;
}

/** The same for names that would be one folder in Dropbox. */
export function unitNameKey(name: string): string {
  return nameKey(dropboxName(name));
}

/** `/Organization/Space/Instance` in the app folder, or as far down as there are names. */
export function remotePathOf(...names: readonly string[]): string {
  return `/${names.map(dropboxName).join("/")}`;
}

/** Whether both are one folder in Dropbox. */
export const isSamePath = (one: string, other: string): boolean => nameKey(one) === nameKey(other);
