import type { RunningDropboxLocal } from "@twinfold/dropbox-local";
import { Browser } from "../../../packages/dropbox-local/test/browser.ts";
import type { Person } from "./people.ts";

export interface DropboxUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** From Enable Access up to the link, as a person at Dropbox's pages; gives her browser there. */
export async function linkAs(
  server: { readonly url: string },
  dropbox: RunningDropboxLocal,
  person: Pick<Person, "call">,
  account: DropboxUser,
): Promise<Browser> {
  await dropbox.ensureApp({ name: "Twinfold", redirectUris: [`${server.url}/oauth/dropbox/callback`] });
  const answer = await person.call("POST", "/api/dropbox/link", { otherAccount: false });
  const { url } = (await answer.json()) as { url: string };
  const browser = new Browser(dropbox.url);
  const login = await browser.open(url);
  const consent = await browser.submit(login, "/login", { email: account.email, password: account.password });
  const { left } =
    consent.left === null ? await browser.submit(consent, "/oauth2/authorize", { decision: "allow" }) : consent;
  const back = await person.call("GET", `/oauth/dropbox/callback${left?.search}`);
  if (back.headers.get("location")?.includes("linked=1") !== true)
    throw new Error(`linking ended at ${back.headers.get("location")}`);
  return browser;
}
