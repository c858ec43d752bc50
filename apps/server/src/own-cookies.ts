/** Ours, whatever a browser has to hold to for them. The second `=`: of a cookie without a name it is part of the value. */
const OURS = /^\s*=?\s*(__Host-|__Secure-)?twinfold_/;

/** Cookies as a request or an answer names them, but for those of this server: they are none of an application's business. */
export function withoutOwn(cookies: string): string {
  return cookies
    .split(";")
    .filter((one) => !OURS.test(one))
    .join(";")
    .trim();
}
