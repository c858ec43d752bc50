import { createHash } from "node:crypto";

/** SHA-256, as a hash of contents like any other. */
export function createShaHasher() {
  const hash = createHash("sha256");
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest("hex") };
}

export const shaHasher = { create: createShaHasher, module: import.meta.url, name: "createShaHasher" } as const;
