import { contentHash } from "@twinfold/dropbox-rules";
import type { OpenFile } from "@twinfold/engine";
import { uploadBySession } from "./large-uploads.ts";
import { commit, commitInfo, sourceChanged, type Upload, uploadFailure } from "./uploads.ts";
import type { WriteParts } from "./write-parts.ts";

/** Up to this many bytes a file goes in one request that also commits, or in a batch; larger ones go by session. */
export const LARGEST_WHOLE = 8 * 1024 * 1024;

/** One file by itself. Reports its one result. */
export async function uploadOne(parts: WriteParts, upload: Upload): Promise<void> {
  let file: OpenFile | null = null;
  try {
    file = await upload.open();
    if (upload.size <= LARGEST_WHOLE) await uploadWhole(parts, upload, file);
    else await uploadBySession(parts, upload, file);
  } catch (error) {
    parts.signal.throwIfAborted();
    parts.report([uploadFailure(upload, error)]);
  } finally {
    await file?.close();
  }
}

/** A file small enough for one request: read and checked before anything is asked of the server. */
async function uploadWhole(parts: WriteParts, upload: Upload, file: OpenFile): Promise<void> {
  const { transport, pacing, signal } = parts;
  await pacing.transfer(signal, async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.read(0, upload.size)) chunks.push(Uint8Array.from(chunk));
    const bytes = Buffer.concat(chunks);
    if (contentHash(bytes) !== upload.hash || !(await file.verify())) throw sourceChanged();
    const argument = { ...commitInfo(parts, upload), content_hash: upload.hash };
    await commit(parts, upload, async () => {
      const answer = await transport.upload("files/upload", argument, () => bytes, bytes.length, signal);
      upload.progress?.(bytes.length);
      return answer;
    });
  });
}
