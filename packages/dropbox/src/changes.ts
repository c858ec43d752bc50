import type { ChangePage, Clock, RelativePath, RemoteDeletion, RemoteEntry } from "@twinfold/engine";
import { RemoteError } from "@twinfold/engine";
import { z } from "zod";
import { DropboxApiError, remoteErrorOf } from "./api-error.ts";
import { parseMetadata, placeOf } from "./metadata.ts";
import type { Pacing } from "./pacing.ts";
import type { Transport } from "./transport.ts";

const page = z.object({ entries: z.array(z.unknown()), cursor: z.string(), has_more: z.boolean() });
const pollAnswer = z.object({ changes: z.boolean(), backoff: z.number().nonnegative().optional() });

/** Entries a page; the most that Dropbox gives. */
const PAGE_SIZE = 2000;
/** Seconds that a long poll waits (30 to 480). */
const POLL_SECONDS = 120;

export interface ChangesParts {
  readonly transport: Transport;
  readonly pacing: Pacing;
  readonly clock: Clock;
  /** Path of the session's folder as it is asked for, and its key as answers are compared with. */
  readonly path: string;
  readonly key: string;
  /** Something that the server said was left out: it could not be true, or not be safe. */
  readonly onWarning: (message: string) => void;
}

/** Reads a folder's changes from a cursor, or all of it, to the end. @throws RemoteError */
export async function* readChanges(
  parts: ChangesParts,
  cursor: string | null,
  signal: AbortSignal,
): AsyncIterable<ChangePage> {
  let coming = ask(parts, cursor, signal);
  for (;;) {
    const { entries, cursor: next, has_more: hasMore } = await coming;
    // On its way while this one is taken in; if it fails, that is told where it is waited for.
    if (hasMore) {
      coming = ask(parts, next, signal);
      coming.catch(() => undefined);
    }
    const changes: (RemoteEntry | RemoteDeletion)[] = [];
    const leftOut: RelativePath[] = [];
    for (const entry of entries) {
      const change = parseMetadata(entry, parts.key);
      if (change === null) {
        parts.onWarning(`Dropbox listed something that can't be in ${parts.path}: left out`);
        const place = placeOf(entry, parts.key);
        if (place !== null) leftOut.push(place);
      } else if (change.path === "" && change.kind !== "folder")
        throw new RemoteError("no-root", `${parts.path} was deleted or replaced in Dropbox`);
      // A listing of a folder may begin with the folder itself.
      else if (change.path !== "") changes.push(change);
    }
    yield { changes, ...(leftOut.length > 0 ? { leftOut } : {}), cursor: next, hasMore };
    if (!hasMore) return;
  }
}

async function ask(parts: ChangesParts, cursor: string | null, signal: AbortSignal): Promise<z.infer<typeof page>> {
  try {
    const answer = await parts.pacing.persist(signal, () =>
      cursor === null
        ? parts.transport.rpc(
            "files/list_folder",
            { path: parts.path, recursive: true, limit: PAGE_SIZE, include_non_downloadable_files: true },
            signal,
          )
        : parts.transport.rpc("files/list_folder/continue", { cursor }, signal),
    );
    return page.parse(answer);
  } catch (error) {
    signal.throwIfAborted();
    const says = remoteErrorOf(error);
    if (says.code === "not-found" || says.code === "conflict") {
      throw new RemoteError("no-root", `${parts.path} is not there in Dropbox`, { cause: error });
    }
    throw says;
  }
}

/** Waits until something changed behind the cursor, as far as Dropbox tells. @throws RemoteError */
export async function waitForChange(parts: ChangesParts, cursor: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const answer = pollAnswer.parse(
        await parts.pacing.persist(signal, () => parts.transport.longpoll(cursor, POLL_SECONDS, signal)),
      );
      if (answer.backoff !== undefined) await parts.clock.sleep(answer.backoff * 1000, signal);
      if (answer.changes) return;
    } catch (error) {
      signal.throwIfAborted();
      // A cursor that is refused for whatever reason shows when changes are read with it.
      if (error instanceof DropboxApiError && error.status === 400) return;
      throw remoteErrorOf(error);
    }
  }
}
