import { ApiFailure, fileAddress, getFileUpTo, type Over, putFile, type Sending } from "../api.ts";
import { isPassing, untilReached, type Waiting } from "../until-reached.ts";
import { type AskWriteChoice, isTaken, writeAsAsked } from "../write-file.ts";
import { begunUploads, type UploadPlace } from "./begun-uploads.ts";
import { sendParts } from "./send-parts.ts";
import { beginUpload, endUpload, giveUpload } from "./upload-requests.ts";

/** Bytes up to which a file goes with one request: to send it anew takes no longer than to ask how much of it has come. */
const AT_ONCE = 1024 * 1024;

/**
 * Uploads a file to where nothing is; if something else is there, its user decides. While the server can't be reached it waits,
 * and then goes on where it stopped; so does the same file when it is chosen again, within a day.
 * @returns the path that was written, null when it was left. @throws ApiFailure, Error for a file that can't be read any more
 */
export async function uploadFile(
  place: UploadPlace,
  file: File,
  ask: AskWriteChoice,
  sending: Sending & Waiting,
): Promise<string | null> {
  const reaching = <T>(body: () => Promise<T>) =>
    untilReached(async () => {
      try {
        return await body();
      } catch (error) {
        // To the browser, a file that was changed on its disk is a connection that breaks off.
        if (isPassing(error) && !sending.signal?.aborted) await checkReadable(file);
        throw error;
      }
    }, sending);
  if (file.size <= AT_ONCE) {
    return writeAsAsked(place.path, null, ask, (to, over) => {
      const address = fileAddress(place.instanceId, place.area, to);
      let unanswered = false;
      return reaching(async () => {
        try {
          await putFile(address, file, over, sending);
        } catch (error) {
          // What was not answered may have been done.
          if (unanswered && isTaken(error) && (await isThere(address, file))) return;
          unanswered = true;
          throw error;
        }
      });
    });
  }

  let address = begunUploads.find(place, file);
  let isWhole = false;
  async function send(to: string, over: Over): Promise<string> {
    for (;;) {
      if (address === null) {
        address = await reaching(() => beginUpload({ ...place, path: to }, file.size, over, sending.signal));
        begunUploads.remember(place, file, address);
      }
      const at = address;
      try {
        if (!isWhole) await reaching(() => sendParts(at, file, sending));
        isWhole = true;
        return at;
      } catch (error) {
        if (!(error instanceof ApiFailure && error.status === 404)) throw error;
        address = null;
      }
    }
  }
  const written = await writeAsAsked(place.path, null, ask, async (to, over) => {
    const at = await send(to, over);
    await reaching(() => endUpload(at, to, over, sending.signal));
  });
  begunUploads.forget(place, file);
  if (written === null && address !== null) giveUpload(address);
  return written;
}

/** Whether a small file is there with this content. */
async function isThere(address: string, file: File): Promise<boolean> {
  const { bytes, size } = await getFileUpTo(address, AT_ONCE);
  if (bytes === null || size !== file.size) return false;
  const [there, ours] = [new Uint8Array(bytes), new Uint8Array(await file.arrayBuffer())];
  return ours.every((byte, at) => byte === there[at]);
}

/** @throws Error with a sentence for people */
async function checkReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (error) {
    throw new Error("It was changed, moved or deleted on your computer while it was being sent: choose it again.", {
      cause: error,
    });
  }
}
