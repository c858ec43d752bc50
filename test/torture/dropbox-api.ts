import { headerSafeJson } from "@twinfold/dropbox-rules";
import type { Granted } from "./local-dropbox.ts";
import type { Tree } from "./tree.ts";

/** How long a request may take, in milliseconds. */
const PATIENCE = 60_000;

/** Dropbox said no: nothing was done. */
export class DropboxRefusal extends Error {
  override readonly name = "DropboxRefusal";
}

/** No answer, or one from half way: what was asked for may have been done or not. */
export class DropboxSilence extends Error {
  override readonly name = "DropboxSilence";
}

interface Entry {
  readonly ".tag": "file" | "folder" | "deleted";
  readonly path_display: string;
  readonly path_lower: string;
  readonly content_hash?: string;
  readonly rev?: string;
  readonly size?: number;
}

/** A client of the account that is not the engine: a browser, or another computer of the user's. */
export class DropboxApi {
  readonly #dropbox: Granted;
  readonly #folder: string;
  #token: { readonly of: string; readonly text: string } = { of: "", text: "" };

  /** @param folder absolute, as the app sees it: what paths are relative to */
  constructor(dropbox: Granted, folder: string) {
    this.#dropbox = dropbox;
    this.#folder = folder;
  }

  async upload(path: string, bytes: Uint8Array): Promise<void> {
    const argument = { path: this.#at(path), mode: "overwrite", mute: true };
    await this.#call("files/upload", argument, { "content-type": "application/octet-stream" }, bytes);
  }

  async download(path: string): Promise<Uint8Array> {
    return this.#call("files/download", { path: this.#at(path) }, {}, null);
  }

  async mkdir(path: string): Promise<void> {
    await this.#rpc("files/create_folder_v2", { path: this.#at(path) });
  }

  async move(from: string, to: string): Promise<void> {
    await this.#rpc("files/move_v2", { from_path: this.#at(from), to_path: this.#at(to) });
  }

  async copy(from: string, to: string): Promise<void> {
    await this.#rpc("files/copy_v2", { from_path: this.#at(from), to_path: this.#at(to) });
  }

  async remove(path: string): Promise<void> {
    await this.#rpc("files/delete_v2", { path: this.#at(path) });
  }

  /** What is in the folder. Empty when that is not there. */
  async tree(): Promise<Tree> {
    const found = new Map<string, string | null>();
    for (const entry of await this.#list(this.#folder, false)) {
      const path = entry.path_display.slice(this.#folder.length + 1);
      if (path !== "") found.set(path, entry[".tag"] === "file" ? (entry.content_hash ?? "") : null);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Of each file that is in the folder, in bytes. */
  async sizes(): Promise<ReadonlyMap<string, number>> {
    const files = (await this.#list(this.#folder, false)).filter((entry) => entry[".tag"] === "file");
    return new Map(files.map((file) => [file.path_display.slice(this.#folder.length + 1), file.size ?? 0]));
  }

  /** Every path of the whole app folder that is there or ever was, lower-cased, with the rev of a file that is there. */
  async everything(): Promise<ReadonlyMap<string, { readonly there: boolean; readonly rev: string | undefined }>> {
    const entries = await this.#list("", true);
    return new Map(entries.map((one) => [one.path_lower, { there: one[".tag"] !== "deleted", rev: one.rev }]));
  }

  async #list(path: string, deleted: boolean): Promise<Entry[]> {
    const entries: Entry[] = [];
    let page = await this.#rpc("files/list_folder", { path, recursive: true, include_deleted: deleted }).catch(
      (error: unknown) => {
        if (error instanceof DropboxRefusal && error.message.includes("path/not_found")) return null;
        throw error;
      },
    );
    while (page !== null) {
      const { entries: some, cursor, has_more } = page as { entries: Entry[]; cursor: string; has_more: boolean };
      entries.push(...some);
      page = has_more ? await this.#rpc("files/list_folder/continue", { cursor }) : null;
    }
    return entries;
  }

  async #rpc(route: string, argument: unknown): Promise<unknown> {
    const body = Buffer.from(JSON.stringify(argument));
    const answer = await this.#call(route, null, { "content-type": "application/json" }, body);
    try {
      return JSON.parse(Buffer.from(answer).toString());
    } catch (error) {
      throw new DropboxSilence(`${route}: its answer was cut or spoiled`, { cause: error });
    }
  }

  /** @returns the whole body of the answer: one that is left unread may fail when nobody waits for it any more */
  async #call(
    route: string,
    argument: unknown,
    headers: Record<string, string>,
    body: Uint8Array | null,
  ): Promise<Uint8Array> {
    const send = async () =>
      fetch(`${this.#dropbox.url}/2/${route}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${await this.#accessToken()}`,
          ...(argument === null ? {} : { "dropbox-api-arg": headerSafeJson(argument) }),
          ...headers,
        },
        body: body as Uint8Array<ArrayBuffer> | null,
        signal: AbortSignal.timeout(PATIENCE),
      });
    try {
      let answer = await send();
      if (answer.status === 401) {
        await answer.arrayBuffer();
        this.#token = { of: "", text: "" };
        answer = await send();
      }
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
      throw new DropboxRefusal(`${route}: ${answer.status} ${await answer.text()}`);
    } catch (error) {
      if (error instanceof DropboxRefusal || error instanceof DropboxSilence) throw error;
      const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
      if (code === "ECONNREFUSED") throw new DropboxRefusal(`${route}: nobody listens`, { cause: error });
      throw new DropboxSilence(`${route}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The one that the local Dropbox printed at its start, or a fresh one when that has expired. */
  async #accessToken(): Promise<string> {
    const { ready, url } = this.#dropbox;
    if (this.#token.of === ready.accessToken && this.#token.text !== "") return this.#token.text;
    const answer = await fetch(`${url}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: ready.refreshToken,
        client_id: ready.appKey,
        client_secret: ready.appSecret,
      }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new DropboxRefusal(`oauth2/token: ${answer.status} ${await answer.text()}`);
    const { access_token: text } = (await answer.json()) as { access_token: string };
    this.#token = { of: ready.accessToken, text };
    return text;
  }

  #at(path: string): string {
    return path === "" ? this.#folder : `${this.#folder}/${path}`;
  }
}
