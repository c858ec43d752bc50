import type { FileEntry } from "@twinfold/api";

/** What a picture's name ends with, and its type; what has none of these is no picture to us. */
const PICTURES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  // As a picture it runs no script and fetches nothing (SVG 2, "secure static mode").
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** Larger ones are downloaded; bytes. */
const LARGEST = { picture: 20 * 1024 * 1024, pdf: 50 * 1024 * 1024 } as const;

/** A file, as its page knows it. */
export interface FilePlace {
  readonly instanceId: string;
  readonly area: string;
  readonly path: string;
}

export function pictureType(name: string): string | undefined {
  return PICTURES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}

/** What a file may show, as far as its name tells; null for nothing. */
export function previewOf(name: string): keyof typeof LARGEST | null {
  if (pictureType(name) !== undefined) return "picture";
  return name.toLowerCase().endsWith(".pdf") ? "pdf" : null;
}

/** Whether a file can be looked at. */
export function hasPreview({ name, kind, size }: Pick<FileEntry, "name" | "kind" | "size">): boolean {
  const preview = previewOf(name);
  return kind === "file" && preview !== null && size <= LARGEST[preview];
}
