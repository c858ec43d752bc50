import type { HeldFolder } from "./held-folder.ts";
import type { StagingPlace } from "./staging-place.ts";

/** Both folders, held open by descriptors that are closed once nobody works with them. */
interface Held {
  readonly base: HeldFolder;
  readonly own: HeldFolder;
  readonly renewals: number;
  lent: number;
  isReleased: boolean;
}

/**
 * The folder of one engine in a staging folder. Both are held open, so that what has begun there ends there, whatever takes
 * their names meanwhile; what was released is walked to each time.
 */
export class OwnFolder {
  /** How many files keep it open. */
  users = 0;
  readonly #place: StagingPlace;
  readonly #name: string;
  #held: Held | null;

  /** Makes it, where it is missing. @throws InTheWayError; what making a folder throws */
  constructor(place: StagingPlace, name: string) {
    this.#place = place;
    this.#name = name;
    const { renewals } = place;
    const base = place.open(true);
    try {
      this.#held = { base, own: base.inner(name, true), renewals, lent: 0, isReleased: false };
    } catch (error) {
      base.close();
      throw error;
    }
    place.hide(base);
  }

  /** Whether it is held, and its name still leads to it. */
  isCurrent(): boolean {
    if (this.#held === null) return false;
    const { base, own, renewals } = this.#held;
    if (renewals !== this.#place.renewals) return false;
    return this.#place.at((name) => base.isAt(name)) && own.isAt(base.at(this.#name));
  }

  /** Lends it. @throws InTheWayError; what opening a folder throws */
  within<T>(work: (folder: HeldFolder) => T): T {
    if (this.#held !== null) return work(this.#held.own);
    const folder = this.#walkTo();
    try {
      return work(folder);
    } finally {
      folder.close();
    }
  }

  /** The same for work that takes its time: until it is done no descriptor of it stands for anything else. */
  async during<T>(work: (folder: HeldFolder) => Promise<T>): Promise<T> {
    const held = this.#held;
    if (held === null) {
      const folder = this.#walkTo();
      try {
        return await work(folder);
      } finally {
        folder.close();
      }
    }
    held.lent++;
    try {
      return await work(held.own);
    } finally {
      held.lent--;
      closeIfUnused(held);
    }
  }

  release(): void {
    if (this.#held === null) return;
    this.#held.isReleased = true;
    closeIfUnused(this.#held);
    this.#held = null;
  }

  #walkTo(): HeldFolder {
    const base = this.#place.open(false);
    try {
      return base.inner(this.#name, false);
    } finally {
      base.close();
    }
  }
}

function closeIfUnused({ base, own, lent, isReleased }: Held): void {
  if (!isReleased || lent > 0) return;
  own.close();
  base.close();
}
