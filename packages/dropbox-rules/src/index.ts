/**
 * What a client and a server of Dropbox must agree on, as pure functions: the content hash, when two names are one, which
 * names are refused, revs, JSON in headers, and the documented limits. Nothing here talks to anybody.
 */
export {
  type ContentHasher,
  contentHash,
  contentHasher,
  createContentHasher,
  hashOfBlocks,
  isContentHash,
} from "./content-hash.ts";
export { headerSafeJson } from "./header-json.ts";
export * from "./limits.ts";
export { canonicalName, nameKey, pathKey } from "./name-key.ts";
export { type NameProblem, nameProblem, nameRefusal } from "./names.ts";
export { compareRevs, isRev } from "./revs.ts";
