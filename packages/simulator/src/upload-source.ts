import { contentHash, MAXIMUM_FILE_SIZE } from "@twinfold/dropbox-rules";
import { FileSystemError, RemoteError, type RemoteWrite } from "@twinfold/engine";

/** Reads what is to be uploaded. @throws RemoteError `refused`, `source-changed` */
export async function readSource(write: Extract<RemoteWrite, { kind: "upload" }>): Promise<Uint8Array> {
  if (write.size > MAXIMUM_FILE_SIZE) throw new RemoteError("refused", `${write.path} is too large for Dropbox`);
  try {
    const file = await write.open();
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
    if (!(error instanceof FileSystemError)) throw error;
    throw new RemoteError("source-changed", `${write.path} could not be read: ${error.message}`, { cause: error });
  }
}
