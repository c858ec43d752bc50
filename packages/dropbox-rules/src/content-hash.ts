import { createHash, type Hash, hash } from "node:crypto";
import { BLOCK_SIZE } from "./limits.ts";

/** Takes a file's bytes in order, in pieces of any size, and gives Dropbox's content hash of them. */
export interface ContentHasher {
  update(bytes: Uint8Array): void;
  /** 64 lower-case hex digits. Call it once; nothing can be added afterwards. */
  digest(): string;
  /** The SHA-256 of each block so far, 32 bytes each, the last block as short as the content left it. */
  blockDigests(): Buffer;
}

/**
 * Dropbox's content hash (guide "Content hash"): SHA-256 over the concatenated SHA-256s of the 4 MiB blocks, in hex.
 * Memory is constant but for 32 bytes a block.
 */
export function createContentHasher(): ContentHasher {
  const digests: Buffer[] = [];
  let block: Hash | undefined;
  let filled = 0;
  const closeBlock = () => {
    if (block === undefined) return;
    digests.push(block.digest());
    block = undefined;
    filled = 0;
  };
  const blockDigests = () => {
    closeBlock();
    return Buffer.concat(digests);
  };
  return {
    update(bytes) {
      let start = 0;
      while (start < bytes.length) {
        const end = Math.min(bytes.length, start + BLOCK_SIZE - filled);
        const part = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
        // A block that comes whole needs no state: one call, half the cost for small files.
        if (part.length === BLOCK_SIZE) digests.push(hash("sha256", part, "buffer"));
        else {
          block ??= createHash("sha256");
          block.update(part);
          filled += part.length;
          if (filled === BLOCK_SIZE) closeBlock();
        }
        start = end;
      }
    },
    blockDigests,
    digest: () => hashOfBlocks(blockDigests()),
  };
}

/** The same for threads of their own: by what name of which module they have it. */
export const contentHasher = {
  create: createContentHasher,
  module: import.meta.url,
  name: "createContentHasher",
} as const;

/** The content hash of bytes that are all there. */
export function contentHash(bytes: Uint8Array): string {
  if (bytes.length === 0) return hashOfBlocks(new Uint8Array(0));
  if (bytes.length <= BLOCK_SIZE) return hashOfBlocks(hash("sha256", bytes, "buffer"));
  const hasher = createContentHasher();
  hasher.update(bytes);
  return hasher.digest();
}

/** The content hash of a file whose blocks have these SHA-256s (32 bytes each, in order). */
export function hashOfBlocks(digests: Uint8Array): string {
  return hash("sha256", digests, "hex");
}

/** Whether `text` has the form of a content hash: 64 lower-case hex digits. */
export function isContentHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
