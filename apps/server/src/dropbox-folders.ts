import type { DropboxOutcome } from "@twinfold/api";
import { parseRemotePath } from "@twinfold/dropbox";
import { RemoteError } from "@twinfold/engine";
import { UnsealError } from "@twinfold/host";
import { InTheWayError, rememberedRemotePath, rememberMove } from "@twinfold/session";
import type { UnitInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import { RequestError } from "./server-error.ts";

/** How many Dropboxes are spoken to at a time. */
const AT_ONCE = 8;

export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** The moves that make one path of folders another, from the outermost name on: one for each name that differs. */
export function renameSteps({ from, to }: Renaming): Renaming[] {
  const [old, now] = [from.split("/"), to.split("/")];
  const steps: Renaming[] = [];
  for (let depth = 1; depth < now.length; depth++) {
    if (old[depth] === now[depth]) continue;
    const above = now.slice(0, depth).join("/");
    steps.push({ from: `${above}/${old[depth]}`, to: `${above}/${now[depth]}` });
  }
  return steps;
}

const noCopy = (reason: string) =>
  new RequestError(
    409,
    "no-copy",
    `The copy of the folder in your Dropbox could not be made, so nothing was changed. ${reason}`,
  );

/** What the hierarchy's names mean for folders in users' Dropboxes. */
export function createDropboxFolders(parts: {
  readonly links: Links;
  readonly places: Places;
  readonly log: (message: string) => void;
}) {
  const { links, places, log } = parts;

  /** In each linked Dropbox among them; one that can't be reached keeps nobody from hers. */
  async function inEach(
    userIds: readonly string[],
    work: (userId: string) => Promise<boolean | null>,
  ): Promise<DropboxOutcome> {
    const left = [...userIds];
    const outcome = { done: 0, missed: 0 };
    async function take(): Promise<void> {
      for (let userId = left.shift(); userId !== undefined; userId = left.shift()) {
        try {
          if ((await work(userId)) === true) outcome.done++;
        } catch (error) {
          if (!(error instanceof RemoteError) && !(error instanceof UnsealError)) throw error;
          log(`the Dropbox of user ${userId} was missed: ${error.message}`);
          outcome.missed++;
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, take));
    return outcome;
  }

  /** Where something else is in its place, the session that begins once that is gone finds the move made, and remembers it then. */
  function remember(userId: string, { id, from, to }: Renaming & { readonly id: string }): void {
    try {
      rememberMove(places.engineState(userId, id), from, to);
    } catch (error) {
      if (!(error instanceof InTheWayError)) throw error;
      log(`what is remembered for user ${userId} of ${to} was missed: ${error.message}`);
    }
  }

  return {
    /** One move in each linked Dropbox. No session runs in these instances meanwhile. */
    rename(userIds: readonly string[], { from, to }: Renaming, instances: readonly (Renaming & { id: string })[]) {
      if (from === to) return Promise.resolve({ done: 0, missed: 0 });
      return inEach(userIds, (userId) =>
        links.withAccount(userId, async (account) => {
          const outcome = await account.moveFolder(parseRemotePath(from), parseRemotePath(to));
          // Where another folder has the name, both are united by content when sync next begins: nothing is known of it.
          if (outcome === "occupied") return false;
          for (const one of instances) remember(userId, one);
          return outcome === "moved";
        }),
      );
    },
    /** Before a session begins: a rename that its Dropbox was not reached for is made up for. @throws RemoteError, InTheWayError */
    async follow(userId: string, { id, remotePath }: UnitInstance): Promise<void> {
      const state = places.engineState(userId, id);
      await links.withAccount(userId, async (account, accountId) => {
        const known = rememberedRemotePath(state, accountId);
        if (known === null || known === remotePath) return;
        // Hers to write, where it lies: what can be no instance's folder is not followed.
        if (known.split("/").length !== remotePath.split("/").length) return;
        const move = (one: Renaming) => account.moveFolder(parseRemotePath(one.from), parseRemotePath(one.to));
        let at = known;
        for (const step of renameSteps({ from: known, to: remotePath })) {
          if ((await move(step)) !== "occupied") at = step.to + at.slice(step.from.length);
          // The new name is there already, of something made since: the instance's own folder goes into it.
          else if ((await move({ from: at, to: remotePath })) === "occupied") return;
          else break;
        }
        rememberMove(state, known, remotePath);
      });
    },
    /**
     * A full copy of a folder beside it, in one user's Dropbox, named after why it is kept and now.
     * @returns where it is; null where there was nothing to copy @throws RequestError when it could not be made
     */
    async keepCopy(userId: string, path: string, why: string): Promise<string | null> {
      const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
      const copy = parseRemotePath(`${path} (${why} ${now} UTC)`);
      const made = await links
        .withAccount(userId, async (account) => {
          try {
            return await account.copyFolder(parseRemotePath(path), copy);
          } catch (error) {
            // Half a copy of a large folder; the name is nobody else's.
            await account.removeFolder(copy).catch(() => undefined);
            throw error;
          }
        })
        .catch((error: unknown) => {
          if (error instanceof RemoteError) throw noCopy(error.message);
          if (error instanceof UnsealError) throw noCopy("Your Dropbox has to be linked again.");
          throw error;
        });
      if (made === null) throw noCopy("No Dropbox of yours is linked.");
      return made ? copy : null;
    },
    remove: (userIds: readonly string[], path: string) =>
      inEach(userIds, (userId) => links.withAccount(userId, (account) => account.removeFolder(parseRemotePath(path)))),
  };
}

export type DropboxFolders = ReturnType<typeof createDropboxFolders>;
