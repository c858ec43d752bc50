import { nameRefusal, pathKey } from "@twinfold/dropbox-rules";

/** A path in the app folder, `/A/B/C`; the app folder itself is `""`. */
export type RemotePath = string & { readonly brand: "RemotePath" };

export class RemotePathError extends Error {
  override readonly name = "RemotePathError";
  readonly code = "remote-path";
}

/**
 * Reads a path that a person wrote: begins with a slash, no empty or refused names; one slash at the end is forgiven.
 * @throws RemotePathError naming the part that is wrong
 */
export function parseRemotePath(text: string): RemotePath {
  if (!text.startsWith("/"))
    throw new RemotePathError(`the Dropbox path "${text}" must begin with a slash, as in /Org/Space/Instance`);
  const names = text.replace(/\/$/, "").split("/").slice(1);
  if (names.length === 0)
    throw new RemotePathError(`the Dropbox path "${text}" names no folder: give one, as in /Org/Space/Instance`);
  for (const name of names) {
    if (name === "") throw new RemotePathError(`the Dropbox path "${text}" has an empty name between two slashes`);
    const refusal = nameRefusal(name);
    if (refusal !== null)
      throw new RemotePathError(`the Dropbox path "${text}" has a name that can't be used, "${name}". ${refusal}`);
  }
  return `/${names.join("/")}` as RemotePath;
}

/** Whether two spellings are one folder to Dropbox. */
export const isSameRemotePath = (one: string, other: string): boolean => pathKey(one) === pathKey(other);
