import type { LocalIdentity, LocalStat } from "@twinfold/engine";
import { Labels } from "../labels.ts";

/** Says what a look at a disk showed, so that two disks can be compared by it. */
export class StatWords {
  readonly #identities = new Labels("#");
  readonly #fingerprints = new Labels("~");
  /** Of these the fingerprint may change at any moment. */
  readonly restless = new Set<LocalIdentity>();

  of({ kind, special, identity, fingerprint, size, mtime }: LocalStat): string {
    const print = this.restless.has(identity) ? "~" : this.#fingerprints.of(fingerprint);
    return `${special ?? kind} ${this.#identities.of(identity)} ${print} ${size} bytes, ${whenIs(mtime)}`;
  }
}

/** The present is another one for each side. */
function whenIs(mtime: number): string {
  return Math.abs(mtime - Date.now() / 1000) < 3600 ? "now" : `${mtime}`;
}
