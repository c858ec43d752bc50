import type { IncomingMessage } from "node:http";
import type { FileEntry } from "../store/entries.ts";
import { revOf } from "../store/namespace-state.ts";
import type { Store } from "../store/store.ts";
import type { Reply } from "./reply.ts";

/** A file's content, or the range of it that was asked for, or that it has not changed (`If-None-Match`). */
export function fileReply(
  store: Store,
  request: IncomingMessage,
  file: FileEntry,
  more: Readonly<Record<string, string>>,
): Reply {
  const tag = `W/"${revOf(file.ns, file.stamp)}"`;
  const headers = {
    "content-type": "application/octet-stream",
    ...more,
    etag: tag,
    "accept-ranges": "bytes",
    "cache-control": "no-cache",
  };
  if (request.headers["if-none-match"] === tag) return { status: 304, headers, body: "" };
  const range = rangeOf(request.headers.range, file.size);
  if (range === "unsatisfiable")
    return {
      status: 416,
      headers: { "content-range": `bytes */${file.size}`, "content-type": "text/plain; charset=utf-8" },
      body: "The range lies outside the file.",
    };
  const { start, end } = range ?? { start: 0, end: file.size };
  return {
    status: range === null ? 200 : 206,
    headers:
      range === null
        ? { ...headers, "original-content-length": String(file.size) }
        : { ...headers, "content-range": `bytes ${start}-${end - 1}/${file.size}` },
    body: bodyOf(store, file, start, end),
  };
}

function bodyOf(store: Store, file: FileEntry, start: number, end: number) {
  const small = store.contents.small(file.hash);
  if (small !== null) return small.subarray(start, end);
  return { length: end - start, content: store.contents.read(file.hash, start, end) };
}

/** One range of bytes, `end` exclusive; null where the whole is wanted, also for what can't be understood (RFC 9110, 14.2). */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (match === null) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(size, Number(last));
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size };
  }
  const start = Number(first);
  if (start >= size) return "unsatisfiable";
  if (last !== "" && Number(last) < start) return null;
  return { start, end: last === "" ? size : Math.min(size, Number(last) + 1) };
}
