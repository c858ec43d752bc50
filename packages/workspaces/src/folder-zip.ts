import { once } from "node:events";
import { closeSync, constants, createReadStream, fstatSync, openSync, readdirSync, type Stats } from "node:fs";
import type { Readable } from "node:stream";
import { isStagingName } from "@twinfold/filesystem";
import { ZipFile } from "yazl";
import { asPath, type Bytes, joinBytes, toText } from "./snapshots/bytes.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** From this many bytes on a file needs the newer form, which some old programs can't read; less, as it may not shrink. */
const LARGE = 4_000_000_000;

/**
 * A folder as a zip file, put together as it is read, one file at a time. Folders are held open on the way down and no link
 * is followed; what is left out is named in a text at the end. @param fd the folder, open; closed when all is done
 */
export function zipFolder(fd: number, name: string, isRoot: boolean): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on("error", (error: Error) => output.destroy(error));
  const gone = new AbortController();
  output.once("close", () => gone.abort());
  const leftOut: string[] = [];

  async function folder(at: number, path: Bytes, top: boolean): Promise<void> {
    zip.addEmptyDirectory(inZip(path), { mtime: fstatSync(at).mtime });
    for (const entry of readdirSync(`/proc/self/fd/${at}/.`, "latin1").sort()) {
      if (gone.signal.aborted) return;
      if (isStagingName(entry, top)) continue;
      const inner = open(`/proc/self/fd/${at}/${entry}`);
      const innerPath = joinBytes(path, entry);
      if (typeof inner === "string") {
        leftOut.push(`${toText(innerPath)}: ${inner}`);
        continue;
      }
      const stats = fstatSync(inner);
      if (stats.isDirectory()) await folder(inner, innerPath, false).finally(() => closeSync(inner));
      else if (stats.isFile()) await file(inner, innerPath, stats);
      else {
        closeSync(inner);
        leftOut.push(`${toText(innerPath)}: neither a file nor a folder`);
      }
    }
  }

  /** As long as it was when it was opened: a log that is written to all the time comes to an end here. */
  async function file(at: number, path: Bytes, { size, mtime, mode }: Stats): Promise<void> {
    const about = { mtime, mode, forceZip64Format: size > LARGE };
    if (size === 0) {
      closeSync(at);
      zip.addBuffer(Buffer.alloc(0), inZip(path), about);
      return;
    }
    const content = createReadStream("", { fd: at, start: 0, end: size - 1, signal: gone.signal });
    zip.addReadStream(content, inZip(path), about);
    await once(content, "close");
  }

  (async () => {
    try {
      await folder(fd, Buffer.from(name, "utf8").toString("latin1"), isRoot);
      if (leftOut.length > 0) {
        const text = `Not in this zip file:\n${leftOut.join("\n")}\n`;
        zip.addBuffer(Buffer.from(text), `${inZip(Buffer.from(name).toString("latin1"))} (left out).txt`);
      }
      zip.end();
    } catch (error) {
      output.destroy(error as Error);
    } finally {
      closeSync(fd);
    }
  })();
  return output;
}

/** @returns it open, or why it is not taken along */
function open(path: Bytes): number | string {
  try {
    // Without waiting, so that nobody's pipe can hold us.
    return openSync(asPath(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") return "a symbolic link";
    if (code === "ENOENT") return "deleted meanwhile";
    return code === "EACCES" || code === "EPERM" ? "it can't be read" : `it can't be read (${code})`;
  }
}

/** To a zip file's reader a backslash leads into a folder, and a letter with a colon to a disk. */
function inZip(path: Bytes): string {
  return toText(path)
    .replaceAll("\\", "_")
    .replace(/^([a-z]):/i, "$1_");
}
