import { Unzip, UnzipInflate } from "fflate";
import { Pieces } from "./pieces.ts";

/** Bytes that wait for their receivers, and receivers at work, at the most: with more, nothing is read. */
const MOST_WAITING = 8 * 1024 * 1024;
const MOST_AT_WORK = 16;

/** Takes one file of a zip file; it need not read it to its end. What goes wrong is its own business. */
export type Receiver = (content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Hands out what a zip file holds as it comes, without a look at the directory at its end: who receives a file has to
 * verify it. @param receiverOf who takes the file of that name; null for nobody
 * @throws what the source throws; and where it is no zip file, or is cut short. Files that came whole were received by then.
 */
export async function readZip(
  source: AsyncIterable<Uint8Array>,
  receiverOf: (name: string) => Receiver | null,
): Promise<void> {
  const atWork = new Set<Promise<void>>();
  let waiting = 0;
  let wake: () => void = () => undefined;
  let latest = new Pieces(() => undefined);

  const unzip = new Unzip((file) => {
    const receiver = receiverOf(file.name);
    const pieces = new Pieces((bytes) => {
      waiting += bytes;
      wake();
    });
    latest = pieces;
    file.ondata = (error, piece, isLast) => {
      if (error !== null) pieces.fail(error);
      else pieces.push(piece);
      if (isLast) pieces.end();
    };
    if (receiver === null) pieces.close();
    else {
      const task = receiver(pieces).finally(() => {
        pieces.close();
        atWork.delete(task);
        wake();
      });
      atWork.add(task);
    }
    file.start();
  });
  unzip.register(UnzipInflate);

  try {
    for await (const piece of source) {
      unzip.push(piece, false);
      while (atWork.size > MOST_AT_WORK || waiting > MOST_WAITING)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    unzip.push(new Uint8Array(), true);
  } catch (error) {
    latest.fail(error);
    throw error;
  } finally {
    await Promise.all(atWork);
  }
}
