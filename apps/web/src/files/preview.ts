import { type FileEntry, LARGEST_EDITED_TEXT } from "@twinfold/api";

/** What a picture's name ends with, and its type; what has none of these is no picture to us. */
const PICTURES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  // As a picture it runs no script and fetches nothing (SVG 2, "secure static mode").
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** What ends so is no text for certain; whether anything else is one its bytes tell when somebody looks. */
const NO_TEXT: ReadonlySet<string> = new Set(
  [
    "7z a avi bin bz2 class db dll doc docx dylib egg eot exe feather flac gz h5 hdf5 heic ico iso jar lz4 m4a mat mkv",
    "mov mp3 mp4 mpeg npy npz o odp ods odt ogg otf parquet pickle pkl ppt pptx pt pyc rar rdata rds so sqlite sqlite3 tar tgz",
    "tif tiff ttf wasm wav webm woff woff2 xls xlsx xz zip zst",
  ].flatMap((some) => some.split(" ")),
);

/** Larger ones are downloaded; bytes. */
export const LARGEST = { picture: 20 * 1024 * 1024, pdf: 50 * 1024 * 1024, text: LARGEST_EDITED_TEXT } as const;

/** A file, as its page knows it. */
export interface FilePlace {
  readonly instanceId: string;
  readonly area: string;
  readonly path: string;
}

const endOf = (name: string) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();

export function pictureType(name: string): string | undefined {
  return PICTURES[endOf(name)];
}

/** What a file may show, as far as its name tells; null for nothing. */
export function previewOf(name: string): keyof typeof LARGEST | null {
  if (pictureType(name) !== undefined) return "picture";
  if (name.toLowerCase().endsWith(".pdf")) return "pdf";
  return name.includes(".") && NO_TEXT.has(endOf(name)) ? null : "text";
}

/** Whether a file can be looked at. */
export function hasPreview({ name, kind, size }: Pick<FileEntry, "name" | "kind" | "size">): boolean {
  const preview = previewOf(name);
  return kind === "file" && preview !== null && size <= LARGEST[preview];
}
