import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { PageRoute } from "./page.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** A file that pages use, at `/assets/NAME`, for everybody. */
export function assetPage(name: string, file: URL): PageRoute {
  const type = TYPES[extname(name)];
  if (type === undefined) throw new Error(`no type is known for ${name}`);
  const headers = { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  return {
    method: "GET",
    path: `/assets/${name}`,
    open: true,
    handle: async () => ({ status: 200, headers, body: await readFile(file) }),
  };
}
