import { headerSafeJson } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import type { Reply } from "../http/reply.ts";
import { type ZipEntry, zipStream } from "../http/zip.ts";
import type { Settings } from "../settings.ts";
import type { Entry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import { nameOf } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { readPathType } from "./argument-types.ts";
import { lookup, orPathError } from "./metadata.ts";
import { metadata } from "./metadata-shape.ts";
import { userRoute, WholeReply } from "./route.ts";

const argument = z.strictObject({ path: readPathType });

/** A folder as one zip file, its own name the first part of every path in it. */
export const downloadZip = userRoute<z.infer<typeof argument>>({
  name: "files/download_zip",
  style: "download",
  scope: "files.content.read",
  argument,
  handle: async ({ arg, services: { store, settings } }, { scope }) => {
    const folder = orPathError(() => {
      const entry = lookup(store, scope, arg.path);
      if (!entry.folder) throw new LookupFailure("not_folder");
      return entry;
    });
    const result = headerSafeJson({ metadata: metadata(scope, folder, false) });
    return new WholeReply(zipReply(store, settings, folder, { "dropbox-api-result": result }));
  },
});

type ZipLimits = Pick<Settings, "maximumZipEntries" | "maximumZipSize" | "maximumZipFileSize">;

/** @throws ApiError 409 `too_many_files`, `too_large` */
export function zipReply(
  store: Store,
  limits: ZipLimits,
  folder: Entry,
  headers: Readonly<Record<string, string>>,
): Reply {
  const inside = store.tree.entries.below(folder.ns, folder.key);
  if (inside.length + 1 >= limits.maximumZipEntries) throw routeError(tagged("too_many_files"));
  const size = inside.reduce((sum, entry) => sum + entry.size, 0);
  if (size >= limits.maximumZipSize || inside.some((entry) => entry.size >= limits.maximumZipFileSize))
    throw routeError(tagged("too_large"));
  const name = nameOf(folder.display);
  const entries = [folder, ...inside].map((entry) =>
    zipEntry(store, name + entry.display.slice(folder.display.length), entry),
  );
  return {
    status: 200,
    headers: {
      "content-type": "application/zip",
      ...headers,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}.zip`,
    },
    body: { length: null, content: zipStream(entries) },
  };
}

function zipEntry(store: Store, path: string, entry: Entry): ZipEntry {
  const { hash, size } = entry;
  if (hash === null)
    return { path: `${path}/`, modified: entry.serverModified, size: 0, crc: async () => 0, content: nothing };
  return {
    path,
    modified: entry.clientModified,
    size,
    crc: () => store.contents.crc(hash, size),
    content: () => store.contents.read(hash, 0, size),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
