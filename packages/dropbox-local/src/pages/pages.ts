import type { IncomingMessage } from "node:http";
import { createAccountFiles } from "../account-files-store.ts";
import { sameText } from "../http/authenticate.ts";
import { readBody } from "../http/read-body.ts";
import type { Reply } from "../http/reply.ts";
import { LoginLimit } from "../oauth/login-limit.ts";
import type { Services } from "../routes/route.ts";
import { allPages } from "./all-pages.ts";
import { messageReply, type PageRequest, type PageRoute, redirectReply } from "./page.ts";
import { isSameSite, visitorOf } from "./visit.ts";

/** The most bytes of a form. */
const MAXIMUM_FORM = 256 * 1024;

/** Everything that is for people: finds the page, the visitor, and checks that forms come from here. */
export class Pages {
  readonly #routes: readonly PageRoute[];
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
    this.#routes = allPages(new LoginLimit(services.store.now));
  }

  /** `signal` is aborted when the browser goes away. */
  async answer(request: IncomingMessage, path: string, query: string, signal: AbortSignal): Promise<Reply> {
    const { store } = this.#services;
    const visitor = visitorOf(store, request);
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (method !== "GET" && method !== "POST")
      return messageReply("Not possible", visitor, `Nothing here answers to ${request.method}.`, 405);
    const route = this.#routes.find((one) => one.method === method && matches(one.path, path));
    if (route === undefined) return messageReply("Not found", visitor, `There is no page at ${path}.`, 404);
    if (visitor === null && !route.open) {
      const cont = method === "GET" ? path + (query === "" ? "" : `?${query}`) : "/";
      return redirectReply(`/login?${new URLSearchParams({ cont })}`);
    }
    if (method === "POST" && !isSameSite(request))
      return messageReply("Not accepted", visitor, "This form was sent by another site. Nothing was done.", 403);
    const form =
      method === "POST" && route.rawBody !== true
        ? new URLSearchParams(await readBody(request, MAXIMUM_FORM))
        : new URLSearchParams();
    // Whoever is logged in shows with each form that it was made for them.
    if (method === "POST" && route.rawBody !== true && visitor !== null && route.path !== "/login")
      if (!sameText(form.get("form_token") ?? "", visitor.formToken))
        return messageReply(
          "Out of date",
          visitor,
          "This form is out of date. Go back, reload the page and try again.",
          403,
        );
    const page: PageRequest = {
      method,
      url: new URL(`http://local${path}${query === "" ? "" : `?${query}`}`),
      request,
      visitor,
      services: this.#services,
      signal: AbortSignal.any([signal, this.#services.closing]),
      form,
      files: () => {
        if (visitor === null) throw new Error("nobody is logged in");
        return createAccountFiles(store, visitor.account.ns);
      },
    };
    return route.handle(page);
  }
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
