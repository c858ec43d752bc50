import { createContentHasher, hashOfBlocks } from "@twinfold/dropbox-rules";
import { translate } from "./account-files-failures.ts";
import { SMALL_SIZE } from "./http/receive.ts";
import { type Seed, type SeedContent, seedItems } from "./seed-plan.ts";
import type { ReceivedContent } from "./store/contents.ts";
import type { PackWriter } from "./store/pack-files.ts";
import { type FullPath, wholeAccount, writePath } from "./store/paths.ts";
import type { Store } from "./store/store.ts";

/** What a seed came to. */
export interface Seeded {
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
}

/** The most things, and bytes, that are made in one commit. */
const GROUP = { items: 500, bytes: 64 * 1024 * 1024 };

interface Item {
  readonly path: string;
  readonly target: FullPath;
  readonly content: ReceivedContent | null;
}

/**
 * Puts many files into an account fast: durable when it resolves, in groups that each are there whole or not at all. What is
 * at a file's path already is replaced, equal content stays as it is; other requests are answered meanwhile.
 * @throws AccountFilesError `bad-name`, `exists`, `full`: what came before is there
 */
export async function plant(store: Store, ns: number, seed: Seed): Promise<Seeded> {
  const seeded = { files: 0, folders: 0, bytes: 0 };
  const group = new Group(store, ns);
  try {
    for (const { path, content } of seedItems(seed)) {
      await group.add(path, content);
      if (content === null) seeded.folders++;
      else seeded.files++;
      seeded.bytes += content?.size ?? 0;
      if (group.isFull) await group.commit();
    }
    await group.commit();
  } finally {
    await group.abandon();
  }
  return seeded;
}

/** What is made in one commit; its larger contents lie in one pack file. */
class Group {
  readonly #store: Store;
  readonly #ns: number;
  #items: Item[] = [];
  #bytes = 0;
  #pack: PackWriter | null = null;

  constructor(store: Store, ns: number) {
    this.#store = store;
    this.#ns = ns;
  }

  get isFull(): boolean {
    return this.#items.length >= GROUP.items || this.#bytes >= GROUP.bytes;
  }

  async add(path: string, content: SeedContent | null): Promise<void> {
    const { entries } = this.#store.tree;
    const target = translate(path, () => writePath(entries, wholeAccount(this.#ns), path, content === null));
    this.#items.push({ path, target, content: content === null ? null : await this.#take(content) });
    this.#bytes += content?.size ?? 0;
  }

  async commit(): Promise<void> {
    await this.#pack?.finish();
    await this.#store.commit(() => {
      for (const item of this.#items) translate(item.path, () => this.#make(item));
    });
    this.#items = [];
    this.#bytes = 0;
    // Should all of its contents have been known, the next start sweeps it.
    this.#pack = null;
  }

  /** Removes what was not committed. */
  async abandon(): Promise<void> {
    await this.#pack?.abandon();
  }

  async #take({ size, pieces }: SeedContent): Promise<ReceivedContent> {
    const hasher = createContentHasher();
    if (size <= SMALL_SIZE) {
      const bytes = Buffer.concat([...pieces()], size);
      hasher.update(bytes);
      return { hash: hashOfBlocks(hasher.blockDigests()), size, bytes, slices: [] };
    }
    this.#pack ??= await this.#store.packs.create();
    const start = this.#pack.size;
    for (const piece of pieces()) {
      hasher.update(piece);
      await this.#pack.append(piece);
    }
    const slices = [{ pack: this.#pack.pack, start, length: size }];
    return { hash: hasher.digest(), size, bytes: null, slices };
  }

  #make({ target, content }: Item): void {
    const { tree, contents } = this.#store;
    if (content === null) {
      if (tree.entries.alive(this.#ns, target.key)?.folder !== true) tree.makeFolder(this.#ns, target, false);
      return;
    }
    contents.store(content);
    tree.putFile(this.#ns, target, {
      hash: content.hash,
      size: content.size,
      clientModified: Math.floor(this.#store.now() / 1000) * 1000,
      mode: "overwrite",
      autorename: false,
      strict: false,
    });
  }
}
