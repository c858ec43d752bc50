import { pathKey } from "@twinfold/dropbox-rules";
import { joinPath, type Name, type ReadResult, RemoteError, type RemoteRead } from "@twinfold/engine";
import type { Pacing } from "./pacing.ts";
import { isReceiversOwn, refusedBy } from "./received.ts";
import type { Transport } from "./transport.ts";
import { LARGEST_ZIP, type ZipFolder } from "./zip-plan.ts";
import { type Receiver, readZip } from "./zip-stream.ts";

export interface ReadParts {
  readonly transport: Transport;
  readonly pacing: Pacing;
  /** A path in the app folder for one in the session's. */
  readonly path: (relative: string) => string;
  readonly report: (result: ReadResult) => void;
  readonly signal: AbortSignal;
}

/**
 * Fetches what is wanted of a folder as one zip file (`files/download_zip`). Nothing in it is believed: a name only says
 * which of the wanted files this may be, and its receiver verifies the content.
 * @returns those that did not come by it, for whatever reason: they are to be fetched by themselves
 */
export async function readFolder({ path, reads }: ZipFolder, parts: ReadParts): Promise<RemoteRead[]> {
  const { transport, pacing, report, signal } = parts;
  const wanted = new Map(reads.map((read) => [pathKey(read.path), read]));
  const missing: RemoteRead[] = [];

  function receiverOf(name: string): Receiver | null {
    // The folder's own name comes first, whatever it is.
    const inside = name.slice(name.indexOf("/") + 1);
    const key = pathKey(joinPath(path, inside as Name));
    const read = wanted.get(key);
    if (read === undefined) return null;
    wanted.delete(key);
    return (content) => receive(read, content);
  }

  async function receive(read: RemoteRead, content: AsyncIterable<Uint8Array>): Promise<void> {
    let received = 0;
    async function* counted() {
      for await (const piece of content) {
        if (received + piece.length > read.size)
          throw new RemoteError("mismatch", "The zip file holds more than was announced.");
        received += piece.length;
        read.progress?.(piece.length);
        yield piece;
      }
    }
    try {
      await read.accept(counted());
      report({ key: read.key });
    } catch (error) {
      read.progress?.(-received);
      if (isReceiversOwn(error)) report({ key: read.key, error: refusedBy(error) });
      else missing.push(read);
    }
  }

  try {
    const open = () => transport.download("files/download_zip", { path: parts.path(path) }, 0, signal);
    const download = await pacing.persist(signal, open);
    try {
      await readZip(bounded(download.content), receiverOf);
    } finally {
      download.discard();
    }
  } catch {
    // Too much for one, changed meanwhile, cut short: each file by itself will say what is the matter with it.
    signal.throwIfAborted();
  }
  return [...missing, ...wanted.values()];
}

/** No more than was to be expected of a folder as it was known, whatever has come into it since. */
async function* bounded(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let received = 0;
  for await (const piece of content) {
    received += piece.length;
    if (received > 2 * LARGEST_ZIP)
      throw new RemoteError("mismatch", "The zip file is much larger than the folder was.");
    yield piece;
  }
}
