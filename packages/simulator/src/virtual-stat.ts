import type { Fingerprint, LocalIdentity, LocalStat } from "@twinfold/engine";
import type { DiskThing } from "./disk-things.ts";

/** What one look at a thing on the virtual disk shows. */
export function statOf(thing: DiskThing): LocalStat {
  const identity = `1:${thing.number}:${thing.number}` as LocalIdentity;
  const size = thing.kind === "file" ? thing.content.length : 0;
  return {
    kind: thing.kind,
    identity,
    fingerprint: `${size}:${thing.modified}:${thing.changed}:${identity}` as Fingerprint,
    size,
    mtime: Math.floor(thing.modified / 1000),
    ...(thing.kind === "special" ? { special: thing.what } : {}),
  };
}
