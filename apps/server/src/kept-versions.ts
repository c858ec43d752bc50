import { type DropboxHistory, parseRemotePath } from "@twinfold/dropbox";
import { RemoteError } from "@twinfold/engine";
import { UnsealError } from "@twinfold/host";
import type { PlacedInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import { RequestError } from "./server-error.ts";

/** Works with what a user's Dropbox has kept of an instance's files. @throws RequestError where it can't be asked */
export async function withKeptVersions<T>(
  links: Links,
  userId: string,
  instance: PlacedInstance,
  work: (history: DropboxHistory) => Promise<T>,
): Promise<T> {
  return withAnyKeptVersions(links, userId, instance, (history, whyNot) => {
    if (history === null) throw whyNot;
    return work(history);
  });
}

/**
 * The same where the work can do without a Dropbox: it is given null where none can be asked, and why. @throws RequestError where
 * one is linked, and does not answer
 */
export async function withAnyKeptVersions<T>(
  links: Links,
  userId: string,
  instance: PlacedInstance,
  work: (...given: [DropboxHistory, null] | [null, RequestError]) => Promise<T>,
): Promise<T> {
  let whyNot = new RequestError(409, "not-linked", "No Dropbox is linked: link the one that the files are in.");
  try {
    const outcome = await links
      .withAccount(userId, async (account) => ({
        of: await work(account.history(parseRemotePath(instance.remotePath)), null),
      }))
      .catch((error: unknown) => {
        if (!(error instanceof UnsealError)) throw error;
        whyNot = new RequestError(409, "reconnect", "The link can't be read any more: connect your Dropbox again.");
        return null;
      });
    return outcome === null ? await work(null, whyNot) : outcome.of;
  } catch (error) {
    if (error instanceof RemoteError) throw new RequestError(503, "dropbox", error.message);
    throw error;
  }
}
