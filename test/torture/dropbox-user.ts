import { contentHash } from "@twinfold/dropbox-rules";
import { type Action, touchedPaths } from "./actions.ts";
import type { Contents } from "./contents.ts";
import { type DropboxApi, DropboxRefusal, DropboxSilence } from "./dropbox-api.ts";
import type { Ledger } from "./ledger.ts";
import { baseName, isWithin, parentPath, type Tree } from "./tree.ts";

/** What a person does in the folder in Dropbox, by its website or her other computers. */
export class DropboxUser {
  readonly #api: DropboxApi;
  readonly #contents: Contents;
  readonly #ledger: Ledger;

  constructor(api: DropboxApi, contents: Contents, ledger: Ledger) {
    this.#api = api;
    this.#contents = contents;
    this.#ledger = ledger;
  }

  /** What she sees; null while Dropbox does not answer. */
  async tree(): Promise<Tree | null> {
    try {
      return await this.#api.tree();
    } catch (error) {
      if (error instanceof DropboxRefusal || error instanceof DropboxSilence) return null;
      throw error;
    }
  }

  /** @param seen what she saw before she did this @returns in a word how it went */
  async act(action: Action, seen: Tree): Promise<"done" | "refused" | "who knows"> {
    try {
      await this.#do(action, seen);
      return "done";
    } catch (error) {
      if (error instanceof DropboxRefusal) return "refused";
      if (error instanceof DropboxSilence) return "who knows";
      throw error;
    }
  }

  async #do(action: Action, seen: Tree): Promise<void> {
    switch (action.kind) {
      case "write":
      case "save":
      case "write slowly":
        return this.#upload(action.path, action.content.bytes);
      case "append": {
        const before = await this.#bytes(action.path);
        const { bytes } = this.#contents.known(Buffer.concat([before, action.content.bytes]), "something and more");
        return this.#upload(action.path, bytes);
      }
      case "mkdir":
        return this.#api.mkdir(action.path);
      case "move":
        return this.#givingUp([action.from], () => this.#api.move(action.from, action.to));
      case "rename over":
        if (seen.has(action.to) && action.from.toLowerCase() !== action.to.toLowerCase()) await this.#remove(action.to);
        return this.#givingUp([action.from], () => this.#api.move(action.from, action.to));
      case "swap": {
        const { from, to } = action;
        if (isWithin(from, to) || isWithin(to, from)) throw new DropboxRefusal("one lies in the other");
        const folder = parentPath(from);
        const aside = `${folder === "" ? "" : `${folder}/`}${baseName(from)}.aside`;
        return this.#givingUp([...touchedPaths(action), aside], async () => {
          await this.#api.move(from, aside);
          await this.#api.move(to, from);
          await this.#api.move(aside, to);
        });
      }
      case "copy":
        return this.#api.copy(action.from, action.to);
      case "hard link":
        return this.#upload(action.to, await this.#bytes(action.from));
      case "remove":
        return this.#remove(action.path);
      case "become file":
        if (seen.has(action.path)) await this.#remove(action.path);
        return this.#upload(action.path, action.content.bytes);
      case "become folder":
        if (seen.has(action.path)) await this.#remove(action.path);
        return this.#api.mkdir(action.path);
      default:
        return action satisfies never;
    }
  }

  async #upload(path: string, bytes: Uint8Array): Promise<void> {
    await this.#givingUp([path], () => this.#api.upload(path, bytes));
    // Only what was answered for is stored for certain.
    this.#ledger.owe(this.#contents.known(bytes, "?").hash);
  }

  #remove(path: string): Promise<void> {
    return this.#givingUp([path], () => this.#api.remove(path));
  }

  /** What was spoiled on its way is not taken for what is there: nobody would save it. */
  async #bytes(path: string): Promise<Uint8Array> {
    const bytes = await this.#api.download(path);
    if (this.#contents.labelOf(contentHash(bytes)) === undefined) throw new DropboxSilence(`${path}: spoiled`);
    return bytes;
  }

  async #givingUp(paths: readonly string[], body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      // It may have been done all the same, or in part.
      if (error instanceof DropboxSilence || paths.length > 1) for (const path of paths) this.#ledger.giveUpName(path);
      throw error;
    }
    for (const path of paths) this.#ledger.giveUpName(path);
  }
}
