import { mkdir } from "node:fs/promises";
import type { IgnorePreview, TakenOut } from "@twinfold/api";
import { RemoteError } from "@twinfold/engine";
import { previewIgnore, SessionError, type SyncSession, takeIgnoredOut } from "@twinfold/session";
import { ControlError } from "@twinfold/session/control";
import { checkEditor, type PlacedInstance } from "./hierarchy.ts";
import { RequestError } from "./server-error.ts";
import type { Services } from "./services.ts";

/** What an instance's ignore file leaves out, for those who may change it. */
export function createIgnoring(parts: Pick<Services, "places" | "sync" | "restoresUnderWay">) {
  const { places, sync, restoresUnderWay } = parts;
  /** Instances, by user, of which something is being taken out: what a second one finds would be out of date at once. */
  const underWay = new Set<string>();

  return {
    /** What would change if the file said this. @throws RequestError */
    async preview(userId: string, instance: PlacedInstance, text: string, signal: AbortSignal): Promise<IgnorePreview> {
      checkEditor(instance);
      const root = places.files(instance.id);
      await mkdir(root, { recursive: true });
      const session = sync.session(userId, instance.id);
      try {
        const found = await previewIgnore({ root, text, inDropbox: session?.inRemote ?? null, signal });
        return {
          ...{ leftOut: copyOf(found.leftOut), comesIn: copyOf(found.comesIn), problems: [...found.problems] },
          whole: found.whole,
          withDropbox: session !== null,
        };
      } catch (error) {
        if (signal.aborted) throw new RequestError(409, "gone", "Nobody waits for this any more.");
        throw error;
      }
    },
    /**
     * Takes what the file leaves out, and the disk has the same, out of the user's Dropbox.
     * @param agreed how much she was told that is; null: it is only said. @throws RequestError
     */
    async takeOut(
      userId: string,
      instance: PlacedInstance,
      agreed: { readonly files: number; readonly bytes: number } | null,
    ): Promise<TakenOut> {
      checkEditor(instance);
      restoresUnderWay.check(instance.id);
      const session = running(sync.session(userId, instance.id));
      const key = `${userId} ${instance.id}`;
      if (underWay.has(key))
        throw new RequestError(409, "under-way", "This is being done already: wait until that has ended.");
      underWay.add(key);
      try {
        const agree = ({ files, bytes }: { readonly files: readonly string[]; readonly bytes: number }) => {
          if (files.length === agreed?.files && bytes === agreed.bytes) return;
          throw new RequestError(
            409,
            "other-amount",
            "What would be taken out of Dropbox is not what it was a moment ago, so nothing was: look again.",
          );
        };
        const found = await takeIgnoredOut(session, places.files(instance.id), agreed === null ? null : agree);
        return { files: found.files.length, bytes: found.bytes, staying: found.staying.length };
      } catch (error) {
        if (error instanceof RemoteError) throw new RequestError(503, "dropbox", error.message);
        if (error instanceof ControlError || error instanceof SessionError)
          throw new RequestError(409, "not-taken-out", sentence(error.message));
        throw error;
      } finally {
        underWay.delete(key);
      }
    },
  };
}

/** @throws RequestError where it can't come to rest */
function running(session: SyncSession | null): SyncSession {
  if (session === null)
    throw new RequestError(
      409,
      "no-session",
      "Nothing is synced now: start an application, or set the instance to always on.",
    );
  if (session.status().state === "paused")
    throw new RequestError(409, "paused", "Sync is paused, so Dropbox may not have these lines yet: resume it first.");
  return session;
}

const copyOf = <T>({
  first,
  ...rest
}: {
  readonly first: readonly T[];
  readonly files: number;
  readonly bytes: number;
}) => ({
  ...rest,
  first: [...first],
});

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
