import type { OwnServer } from "./own-server.ts";

/** The login that an answer gives, as a browser sends it back; "" where it gives none. */
export const cookieOf = (answer: Response): string => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

/** Asks a server as its pages do, and keeps the login that it was given first. */
export function callerOf(server: { readonly url: string }): OwnServer["call"] {
  let cookie = "";
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      redirect: "manual",
      headers: { cookie, "x-twinfold": "1", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    cookie ||= cookieOf(answer);
    return answer;
  };
}
