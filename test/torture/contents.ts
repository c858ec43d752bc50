import { createCipheriv, createHash } from "node:crypto";
import { contentHash } from "@twinfold/dropbox-rules";
import type { SeededRandomness } from "@twinfold/simulator";

const MEBIBYTE = 1024 * 1024;
/** Up to this many bytes a content is kept, so that it can be written again. */
const SMALL = 64 * 1024;

/** What somebody writes into a file. */
export interface Content {
  /** A name for people. */
  readonly label: string;
  /** Dropbox's content hash. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Sizes of large contents, in bytes: `least` and above, below `limit`. */
export interface LargeSizes {
  readonly least: number;
  readonly limit: number;
}

export const LARGE_SIZES: LargeSizes = { least: 5 * MEBIBYTE, limit: 30 * MEBIBYTE };

/** Makes contents, and knows each by its hash for ever: what is found and not known here was written by nobody. */
export class Contents {
  readonly #randomness: SeededRandomness;
  readonly #sizes: LargeSizes;
  readonly #labels = new Map<string, string>();
  readonly #small: Content[] = [];
  #count = 0;

  constructor(randomness: SeededRandomness, sizes: LargeSizes) {
    this.#randomness = randomness;
    this.#sizes = sizes;
    this.known(new Uint8Array(), "nothing");
  }

  /** Mostly such as nobody has written yet; sometimes one that was there before, or nothing. */
  small(): Content {
    const roll = this.#randomness.below(20);
    if (roll === 0) return this.known(new Uint8Array(), "nothing");
    if (roll === 1 && this.#small.length > 0) return this.#randomness.pick(this.#small);
    const label = `content ${++this.#count}`;
    const content = this.known(Buffer.from(label), label);
    this.#small.push(content);
    return content;
  }

  /** Noise, that no layer can make smaller. */
  large(): Content {
    const size = this.#sizes.least + this.#randomness.below(this.#sizes.limit - this.#sizes.least);
    const label = `large ${++this.#count} of ${(size / MEBIBYTE).toFixed(1)} MiB`;
    const key = createHash("sha256").update(`${label} ${this.#randomness.next()}`).digest();
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    return this.known(cipher.update(Buffer.alloc(size)), label);
  }

  /** What comes to be from another content: its beginning, or more of it. */
  known(bytes: Uint8Array, label: string): Content {
    const hash = contentHash(bytes);
    if (!this.#labels.has(hash)) this.#labels.set(hash, label);
    return { label, hash, bytes };
  }

  isLarge(content: Content): boolean {
    return content.bytes.length > SMALL;
  }

  /** Undefined for what nobody wrote. */
  labelOf(hash: string): string | undefined {
    return this.#labels.get(hash);
  }
}

export const NOTHING_HASH = contentHash(new Uint8Array());
