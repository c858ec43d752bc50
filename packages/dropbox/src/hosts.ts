/** Where the parts of the API are: Dropbox's own hosts, or one server that serves all of them. */
export interface DropboxHosts {
  /** RPC and tokens. */
  readonly api: string;
  /** Uploads and downloads. */
  readonly content: string;
  /** Long polls. */
  readonly notify: string;
  /** The pages on which a user authorizes an app. */
  readonly web: string;
}

/** The documented hosts (Dropbox HTTP documentation, "Formats"). */
export const DROPBOX_HOSTS: DropboxHosts = {
  api: "https://api.dropboxapi.com",
  content: "https://content.dropboxapi.com",
  notify: "https://notify.dropboxapi.com",
  web: "https://www.dropbox.com",
};

/** What should name a Dropbox-compatible server is no http or https address. */
export class DropboxAddressError extends TypeError {
  override readonly name = "DropboxAddressError";
}

/**
 * The hosts of a Dropbox-compatible server, such as `http://127.0.0.1:4001`; without an address, Dropbox's.
 * @throws DropboxAddressError
 */
export function dropboxHosts(url?: string): DropboxHosts {
  if (url === undefined || url === "") return DROPBOX_HOSTS;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw new DropboxAddressError(
      `"${url}" is not the address of a Dropbox-compatible server: give one like http://127.0.0.1:4001`,
    );
  }
  const base = `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
  return { api: base, content: base, notify: base, web: base };
}
