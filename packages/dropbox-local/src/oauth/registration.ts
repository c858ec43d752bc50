import { nameRefusal } from "@twinfold/dropbox-rules";

/** Why no app can have this name, as a sentence that names it; null when one can. The app's folder is called so, too. */
export function appNameRefusal(name: string): string | null {
  const refusal = nameRefusal(name);
  return refusal === null ? null : `An app can't be called "${name}": ${refusal}`;
}

/**
 * Why an app can't have its users sent back to this address, as a sentence that names it; null when it can. Redirect addresses
 * are whole, and encrypted unless they lead to this machine (Dropbox's OAuth guide, RFC 6749).
 */
export function redirectRefusal(text: string): string | null {
  const refused = (why: string): string => `"${text}" can't be a redirect URI: ${why}`;
  // What is compared is the text as it stands here: nothing that a browser or a parser would drop or write in another way.
  if (/[^\x21-\x7e]/.test(text))
    return refused("it has spaces or other characters that stand in addresses with a % only.");
  const address = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (address === null) return refused("it is not a whole address, which begins with https://.");
  if (address.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(address.hostname))
    return refused("http:// is for localhost and 127.0.0.1 only, so it has to begin with https://.");
  if (text.includes("#")) return refused("it has a #, but no part of an address after that is sent to an app.");
  if (address.username !== "" || address.password !== "") return refused("it has a user or a password in it.");
  return null;
}
