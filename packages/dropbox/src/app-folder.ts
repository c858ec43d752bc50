import { pathKey } from "@twinfold/dropbox-rules";
import { remoteErrorOf } from "./api-error.ts";
import type { Pacing } from "./pacing.ts";
import { refusalOf } from "./refusal.ts";
import type { RemotePath } from "./remote-path.ts";
import type { Transport } from "./transport.ts";

/**
 * `absent`: nothing was there to be moved, which is also the answer when an earlier try had done it; `occupied`: something
 * else has the new name, and nothing was done.
 */
export type FolderMove = "moved" | "absent" | "occupied";

/** Whole folders of the app folder, sessions' and what they lie in: moved and deleted in one request each. */
export function createAppFolder(parts: { readonly transport: Transport; readonly pacing: Pacing }) {
  async function moveOnce(from: string, to: string, signal: AbortSignal): Promise<FolderMove> {
    const argument = { from_path: from, to_path: to, autorename: false };
    const refusal = await refusalOf(parts, "files/move_v2", argument, signal);
    if (refusal === null) return "moved";
    if (refusal.tags.startsWith("from_lookup/not_found")) return "absent";
    if (refusal.tags.startsWith("to/conflict")) return "occupied";
    throw remoteErrorOf(refusal);
  }

  return {
    /** @throws RemoteError */
    async move(from: RemotePath, to: RemotePath, signal: AbortSignal): Promise<FolderMove> {
      if (pathKey(from) !== pathKey(to)) return moveOnce(from, to, signal);
      // Dropbox answers a change of case alone with success and does nothing: it goes by way of another name. That one is
      // where an earlier try may have left it.
      const aside = `${to} (being renamed)`;
      const first = await moveOnce(from, aside, signal);
      const second = await moveOnce(aside, to, signal);
      return first === "moved" || second === "moved" ? second : "absent";
    },
    /** With all that is in it; Dropbox keeps it for a while, as everything that is deleted there. @returns whether it was there. @throws RemoteError */
    async remove(path: RemotePath, signal: AbortSignal): Promise<boolean> {
      const refusal = await refusalOf(parts, "files/delete_v2", { path }, signal);
      if (refusal === null) return true;
      if (refusal.tags.startsWith("path_lookup/not_found")) return false;
      throw remoteErrorOf(refusal);
    },
  };
}
