import { buffer } from "node:stream/consumers";
import type { FileEntry } from "../store/entries.ts";
import { nameOf } from "../store/paths.ts";
import type { Store } from "../store/store.ts";

/** Which files have thumbnails, and how large they may be, in bytes (specification, get_thumbnail). */
const EXTENSIONS = ["jpg", "jpeg", "png", "tiff", "tif", "gif", "webp", "ppm", "bmp"];
const MAXIMUM_SIZE = 20 * 1024 * 1024;

export const THUMBNAIL_SIZES = [
  "w32h32",
  "w64h64",
  "w128h128",
  "w256h256",
  "w480h320",
  "w640h480",
  "w960h640",
  "w1024h768",
  "w2048h1536",
] as const;
export const THUMBNAIL_FORMATS = ["jpeg", "png", "webp"] as const;
export const THUMBNAIL_MODES = ["strict", "bestfit", "fitone_bestfit", "original"] as const;

export interface ThumbnailWish {
  readonly format: (typeof THUMBNAIL_FORMATS)[number];
  readonly size: (typeof THUMBNAIL_SIZES)[number];
  /**
   * `bestfit` may turn the box to the picture's orientation, `fitone_bestfit` covers it instead of fitting into it, `original`
   * has no box.
   */
  readonly mode: (typeof THUMBNAIL_MODES)[number];
}

/** Why there is no thumbnail; Dropbox's own tags. */
export class ThumbnailFailure extends Error {
  override readonly name = "ThumbnailFailure";
  readonly reason: "unsupported_extension" | "unsupported_image" | "conversion_error";
  constructor(reason: ThumbnailFailure["reason"], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** A small picture of a file, never larger than the file's own. @throws ThumbnailFailure */
export async function makeThumbnail(store: Store, file: FileEntry, wish: ThumbnailWish): Promise<Buffer> {
  const name = nameOf(file.key);
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : "";
  if (!EXTENSIONS.includes(extension)) throw new ThumbnailFailure("unsupported_extension");
  if (file.size > MAXIMUM_SIZE) throw new ThumbnailFailure("unsupported_image");
  const bytes = await buffer(store.contents.read(file.hash, 0, file.size));
  // Loaded at the first thumbnail: most servers never make one.
  const { default: sharp } = await import("sharp");
  try {
    const picture = sharp(bytes).autoOrient();
    const { autoOrient } = await picture.metadata();
    if (wish.mode !== "original") picture.resize({ ...box(wish, autoOrient), withoutEnlargement: true });
    // A JPEG has no transparency.
    if (wish.format === "jpeg") picture.flatten({ background: "white" });
    return await picture.toFormat(wish.format).toBuffer();
  } catch (error) {
    throw new ThumbnailFailure("conversion_error", error);
  }
}

function box({ size, mode }: ThumbnailWish, picture: { readonly width: number; readonly height: number }) {
  const [width = 0, height = 0] = (/^w(\d+)h(\d+)$/.exec(size) ?? []).slice(1).map(Number);
  const turned = mode !== "strict" && picture.height > picture.width;
  const fit: "outside" | "inside" = mode === "fitone_bestfit" ? "outside" : "inside";
  return turned ? { width: height, height: width, fit } : { width, height, fit };
}
