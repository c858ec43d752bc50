import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const WAYS = [
  { ending: ".br", compress: (content: Buffer) => brotliCompressSync(content, { params: bestFor(content) }) },
  // For browsers at plain http, where they ask for no brotli, unless it is this machine's.
  { ending: ".gz", compress: (content: Buffer) => gzipSync(content, { level: constants.Z_BEST_COMPRESSION }) },
] as const;

/** Writes each built file a second and a third time, compressed, for the server to send: once here, not at each request. */
export function compressed(): Plugin {
  let folder = "";
  return {
    name: "twinfold:compressed",
    apply: "build",
    configResolved({ root, build }) {
      folder = join(root, build.outDir);
    },
    // What lies in `public` is in no bundle, but in the folder.
    closeBundle() {
      for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const path = join(file.parentPath, file.name);
        const content = readFileSync(path);
        for (const { ending, compress } of WAYS) {
          const smaller = compress(content);
          if (smaller.length < content.length) writeFileSync(`${path}${ending}`, smaller);
        }
      }
    },
  };
}

function bestFor(content: Buffer): Record<number, number> {
  return {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
}
