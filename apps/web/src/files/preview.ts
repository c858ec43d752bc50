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

/** Larger pictures are downloaded; bytes. */
export const LARGEST_PICTURE = 20 * 1024 * 1024;

export function pictureType(name: string): string | undefined {
  return PICTURES[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}
