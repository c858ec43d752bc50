import { type ChangePage, type Remote, type RemoteDeletion, type RemoteEntry, RemoteError } from "@twinfold/engine";
import { ObservedTree } from "@twinfold/engine/testing/observed-tree.ts";

/** One who knows of the session's folder what the changes told, and no more. */
export class Reader {
  readonly tree: ObservedTree;
  /** Whether it stopped after a page: what such a page holds is left open. */
  amid = false;
  /** Whether something happened while it read: in which case it knows a name is left open from then on. */
  hadCompany = false;
  #afterFirstPage: () => Promise<"on" | "stop"> = async () => "on";

  constructor(remote: Remote) {
    const afterFirstPage = () => this.#afterFirstPage();
    async function* changes(cursor: string | null, signal: AbortSignal): AsyncGenerator<ChangePage> {
      let isFirst = true;
      for await (const page of remote.changes(cursor, signal)) {
        yield page;
        if (isFirst && (await afterFirstPage()) === "stop") return;
        isFirst = false;
      }
    }
    this.tree = new ObservedTree({ names: remote.names, changes });
  }

  /** Reads one page, where it begins or where it stopped. @throws RemoteError */
  async readPage(): Promise<void> {
    this.amid = true;
    this.hadCompany = true;
    this.#afterFirstPage = async () => "stop";
    try {
      await this.tree.read();
    } catch (error) {
      // On which page it is told that the folder is gone is left open.
      if (!(error instanceof RemoteError) || error.code !== "no-root") throw error;
    }
  }

  /**
   * Reads to the end.
   * @param meanwhile what others do after the first page, or without one
   * @returns what was told; null where it is left open what is told when
   */
  async readAll(meanwhile: (() => Promise<void>) | null): Promise<readonly (RemoteEntry | RemoteDeletion)[] | null> {
    let left = meanwhile;
    const others = async () => {
      const deed = left;
      left = null;
      await deed?.();
      return "on" as const;
    };
    this.#afterFirstPage = others;
    this.hadCompany ||= meanwhile !== null;
    const isOpen = this.amid || meanwhile !== null;
    let changes: readonly (RemoteEntry | RemoteDeletion)[];
    try {
      changes = await this.tree.read();
    } finally {
      await others();
    }
    this.amid = false;
    if (!isOpen) return changes;
    // What happened between two pages may be told of after the last.
    await this.tree.read();
    return null;
  }
}
