import { headerSafeJson } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import { originOf } from "../http/origin.ts";
import type { User } from "../http/user.ts";
import type { FileEntry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import { revOf } from "../store/namespace-state.ts";
import { readPathType, tagType } from "./argument-types.ts";
import { lookupError } from "./failure-tags.ts";
import { lookupFile } from "./metadata.ts";
import { fileMetadata } from "./metadata-shape.ts";
import { type Call, userRoute, WholeReply } from "./route.ts";
import { sharedLinkMetadata } from "./shared-link-shape.ts";
import { resolveSharedLink } from "./shared-links.ts";
import { makeThumbnail, THUMBNAIL_FORMATS, THUMBNAIL_MODES, THUMBNAIL_SIZES, ThumbnailFailure } from "./thumbnail.ts";

/** The most files of one get_thumbnail_batch (specification). */
const MAXIMUM_BATCH = 25;

const wishFields = {
  format: tagType(THUMBNAIL_FORMATS, "jpeg"),
  size: tagType(THUMBNAIL_SIZES, "w64h64"),
  mode: tagType(THUMBNAIL_MODES, "strict"),
  exclude_media_info: z.boolean().nullish(),
};

const argument = z.strictObject({ path: readPathType, ...wishFields });
type ThumbnailArg = z.infer<typeof argument>;

export const getThumbnail = userRoute<ThumbnailArg>({
  name: "files/get_thumbnail",
  style: "download",
  scope: "files.content.read",
  argument,
  handle: async (call, user) => {
    const { metadata, bytes } = await thumbnailAt(call, user, call.arg).catch((error) => {
      throw asRouteError(error);
    });
    return picture(bytes, metadata);
  },
});

const resourceType = z.union([
  z.strictObject({ ".tag": z.literal("path"), path: readPathType }),
  z.strictObject({
    ".tag": z.literal("link"),
    url: z.string(),
    path: z.string().nullish(),
    password: z.string().nullish(),
  }),
]);
const argumentV2 = z.strictObject({
  resource: resourceType,
  ...wishFields,
  preserve_transparency: z.boolean().nullish(),
});

/** The same, also of what a shared link leads to. */
export const getThumbnailV2 = userRoute<z.infer<typeof argumentV2>>({
  name: "files/get_thumbnail_v2",
  style: "download",
  scope: "files.content.read",
  argument: argumentV2,
  handle: async (call, user) => {
    const { resource, preserve_transparency, ...wish } = call.arg;
    if (preserve_transparency === true && wish.format === "jpeg") throw routeError(tagged("unsupported_output_format"));
    try {
      if (resource[".tag"] === "path") {
        const { metadata, bytes } = await thumbnailAt(call, user, { ...wish, path: resource.path });
        return picture(bytes, { file_metadata: metadata });
      }
      const { store } = call.services;
      const linked = resolveSharedLink(store, resource.url, resource.path);
      if (linked === null) throw routeError(tagged("not_found"));
      const { link, entry } = linked;
      if (entry.hash === null) throw new LookupFailure("not_file");
      const bytes = await makeThumbnail(store, { ...entry, hash: entry.hash }, wish);
      const { url, id } = sharedLinkMetadata(originOf(call.request), user.scope, link, entry);
      return picture(bytes, { link_metadata: { url, id, rev: revOf(entry.ns, entry.stamp) } });
    } catch (error) {
      throw asRouteError(error);
    }
  },
});

const batchArgument = z.strictObject({ entries: z.array(argument) });

export const getThumbnailBatch = userRoute<z.infer<typeof batchArgument>>({
  name: "files/get_thumbnail_batch",
  style: "rpc",
  scope: "files.content.read",
  argument: batchArgument,
  handle: async (call, user) => {
    if (call.arg.entries.length > MAXIMUM_BATCH) throw routeError(tagged("too_many_files"));
    const entries: Tagged[] = [];
    // One after the other: pictures are large in memory.
    for (const wish of call.arg.entries)
      try {
        const { metadata, bytes } = await thumbnailAt(call, user, wish);
        entries.push(tagged("success", { metadata, thumbnail: bytes.toString("base64") }));
      } catch (error) {
        const reason = thumbnailError(error);
        if (reason === null) throw error;
        entries.push(nested("failure", reason));
      }
    return { entries };
  },
});

async function thumbnailAt({ services: { store } }: Call<unknown>, { scope }: User, { path, ...wish }: ThumbnailArg) {
  const file: FileEntry = lookupFile(store, scope, path);
  return { metadata: fileMetadata(scope, file, false), bytes: await makeThumbnail(store, file, wish) };
}

function picture(bytes: Buffer, result: unknown): WholeReply {
  const headers = {
    "content-type": "application/octet-stream",
    "original-content-length": String(bytes.length),
    "dropbox-api-result": headerSafeJson(result),
  };
  return new WholeReply({ status: 200, headers, body: bytes });
}

function thumbnailError(error: unknown): Tagged | null {
  if (error instanceof LookupFailure) return nested("path", lookupError(error.reason));
  return error instanceof ThumbnailFailure ? tagged(error.reason) : null;
}

function asRouteError(error: unknown): unknown {
  const reason = thumbnailError(error);
  return reason === null ? error : routeError(reason);
}
