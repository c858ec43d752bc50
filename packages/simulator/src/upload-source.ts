import { contentHash, MAXIMUM_FILE_SIZE } from "@twinfold/dropbox-rules";
import { FileSystemError, type OpenFile, RemoteError, type RemoteWrite } from "@twinfold/engine";

type Upload = Extract<RemoteWrite, { kind: "upload" }>;

/** Reads what is to be uploaded. @throws RemoteError `refused`, `source-changed` */
export async function readSource(write: Upload): Promise<Uint8Array> {
  if (write.size > MAXIMUM_FILE_SIZE) throw new RemoteError("refused", `${write.path} is too large for Dropbox`);
  try {
    const file = await open(write);
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.read(0, write.size)) {
        pieces.push(piece);
        write.progress?.(piece.length);
      }
      if (!(await file.verify())) throw new RemoteError("source-changed", `${write.path} changed while it was read`);
      const content = Buffer.concat(pieces);
      if (content.length !== write.size || contentHash(content) !== write.hash)
        throw new RemoteError("source-changed", `${write.path} has other content than its hash says`);
      return content;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw sourceError(write, error);
  }
}

/** Whether what is to be uploaded is still there as it was seen, unread. @throws RemoteError `source-changed` */
export async function checkSource(write: Upload): Promise<void> {
  await (await open(write)).close();
}

async function open(write: Upload): Promise<OpenFile> {
  try {
    return await write.open();
  } catch (error) {
    throw sourceError(write, error);
  }
}

function sourceError({ path }: Upload, error: unknown): unknown {
  if (!(error instanceof FileSystemError)) return error;
  return new RemoteError("source-changed", `${path} could not be read: ${error.message}`, { cause: error });
}
