import dns from "node:dns";
import { type Application, openApplicationPath } from "@twinfold/api";
import { applicationOriginAt } from "../src/application-origin.ts";
import type { OwnServer } from "./own-server.ts";

// Browsers look for all these names on their own machine; here the system is asked, and most don't know them.
const lookUp = dns.lookup;
Object.assign(dns, {
  lookup: (name: string, ...rest: never[]) =>
    (lookUp as (...args: unknown[]) => void)(name.replace(/^.*\.localhost$/, "localhost"), ...rest),
});

type Which = Pick<Application, "instanceId" | "id">;

/** An application, as the browser asks it that has opened it. */
export interface Opened {
  /** The path of its pages. */
  readonly base: string;
  /** The address of its own origin. */
  readonly origin: string;
  readonly cookie: string;
  /** At the applications' origin, with the application's cookie. */
  call(method: string, path: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<Response>;
}

/** Keeps cookies as a browser does: for a host, whatever the port, and a path. */
export class Cookies {
  readonly #all = new Map<string, { host: string; path: string; pair: string }>();

  take(url: URL, answer: Response): void {
    for (const one of answer.headers.getSetCookie()) {
      const [pair = ""] = one.split(";");
      const path = /; path=([^;]+)/i.exec(one)?.[1] ?? "/";
      const host = url.hostname;
      this.#all.set(`${host} ${path} ${pair.split("=")[0]}`, { host, path, pair });
    }
  }
  for({ hostname, pathname }: URL): string {
    const sent = [...this.#all.values()].filter((one) => one.host === hostname && pathname.startsWith(one.path));
    return sent.map(({ pair }) => pair).join("; ");
  }
}

export const originOf = (own: OwnServer, { id }: Pick<Application, "id">) =>
  applicationOriginAt(own.running().applicationsUrl ?? "").of(id);

/** A browser follows redirects from an address, with a login. @returns each address on the way, and the last answer */
export async function follow(from: string, own: OwnServer, login: string, until: (url: URL) => boolean = () => false) {
  const cookies = new Cookies();
  const way = [new URL(from)];
  for (;;) {
    const url = way.at(-1) ?? new URL(from);
    const mine = url.origin === own.url ? login : cookies.for(url);
    const headers = { cookie: mine, accept: "text/html", "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" };
    if (until(url)) return { way, cookies, answer: null };
    const answer = await fetch(url, { redirect: "manual", headers });
    cookies.take(url, answer);
    const next = answer.headers.get("location");
    if (next === null || way.length === 10) return { way, cookies, answer };
    way.push(new URL(next, url));
  }
}

/** As a browser does from the pages' link: there and back, until it has its cookie. */
export async function openApplication(own: OwnServer, which: Which, login = own.cookie): Promise<Opened> {
  const { way, cookies } = await follow(`${own.url}${openApplicationPath(which)}`, own, login);
  const last = way.at(-1);
  const origin = originOf(own, which);
  const cookie = /twinfold_application=[^;]+/.exec(last === undefined ? "" : cookies.for(last))?.[0] ?? "";
  if (last?.origin !== origin || cookie === "") throw new Error(`was not opened, but led to ${last}`);
  return {
    ...{ base: last.pathname, origin, cookie },
    call: (method, path, body, headers = {}) =>
      fetch(new URL(path, origin), {
        method,
        redirect: "manual",
        headers: { cookie, ...headers },
        ...(body === undefined ? {} : { body: body as string }),
      }),
  };
}
