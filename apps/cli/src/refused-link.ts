import { dropboxHosts, OAuthError, refreshAccessToken } from "@twinfold/dropbox";
import type { LinkedAccount } from "./config.ts";

/** How long Dropbox may take to say whether it still accepts the link, in milliseconds. */
const LINK_KNOWN_WITHIN = 10_000;

/** Whether Dropbox says that the link is at its end; when it says nothing, that is not known. */
export async function isRefused(link: LinkedAccount): Promise<boolean> {
  try {
    await refreshAccessToken({
      hosts: dropboxHosts(link.dropboxUrl),
      app: link,
      refreshToken: link.refreshToken,
      signal: AbortSignal.timeout(LINK_KNOWN_WITHIN),
    });
    return false;
  } catch (error) {
    return error instanceof OAuthError && (error.code === "invalid_grant" || error.code === "invalid_client");
  }
}
