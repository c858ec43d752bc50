import { RemoteError, type RemoteFile, type RemoteWrite, type WriteResult } from "@twinfold/engine";
import { remoteErrorOf } from "./api-error.ts";
import { parseFileMetadata } from "./metadata.ts";
import type { WriteParts } from "./write-parts.ts";

export type Upload = Extract<RemoteWrite, { kind: "upload" }>;

/** How a file is to be committed: nothing there, or exactly the rev that was known; never under another name. */
export function commitInfo(parts: Pick<WriteParts, "path">, upload: Upload) {
  return {
    path: parts.path(upload.path),
    mode: upload.base === null ? { ".tag": "add" } : { ".tag": "update", update: upload.base },
    autorename: false,
    client_modified: `${new Date(upload.mtime * 1000).toISOString().slice(0, 19)}Z`,
    mute: true,
    strict_conflict: upload.base === null,
  };
}

/** The result that the answer to a commit stands for. */
export function committed(parts: Pick<WriteParts, "key">, upload: Upload, metadata: unknown): WriteResult {
  const entry = parseFileMetadata(metadata, parts.key);
  if (entry?.hash === upload.hash) return { key: upload.key, entry };
  return {
    key: upload.key,
    error: new RemoteError("mismatch", "Dropbox has other content than was sent: looking again."),
  };
}

export function uploadFailure(upload: Upload, error: unknown): WriteResult {
  return { key: upload.key, error: isFileSystemError(error) ? sourceChanged(error) : remoteErrorOf(error) };
}

function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && error.name === "FileSystemError";
}

export function sourceChanged(cause?: unknown): RemoteError {
  return new RemoteError("source-changed", "The file changed while it was read: nothing was committed.", { cause });
}

/** An earlier try that landed though its answer was lost: our content, under a rev that we have not seen. */
export async function landedBefore(parts: WriteParts, upload: Upload): Promise<RemoteFile | undefined> {
  const there = await parts.lookup(upload.path).catch(() => null);
  if (there?.kind !== "file" || there.hash !== upload.hash || there.rev === upload.base) return undefined;
  return there;
}

/**
 * Commits what has been sent, and reports the result before the gate is let go.
 * @returns why nothing was committed, as it was thrown; null when it was
 */
export async function commit(parts: WriteParts, upload: Upload, attempt: () => Promise<unknown>): Promise<unknown> {
  const { pacing, gate, signal } = parts;
  return gate.share(async () => {
    let result: WriteResult;
    let failure: unknown = null;
    try {
      const answer = await pacing.persist<{ readonly answer: unknown } | RemoteFile>(
        signal,
        async () => ({ answer: await attempt() }),
        { ambiguous: () => landedBefore(parts, upload) },
      );
      result = "answer" in answer ? committed(parts, upload, answer.answer) : { key: upload.key, entry: answer };
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
      result = uploadFailure(upload, error);
    }
    parts.report([result]);
    return failure;
  });
}
