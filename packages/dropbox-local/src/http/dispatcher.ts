import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Controlled } from "../control/action.ts";
import { answerControl } from "../control/control-api.ts";
import { answerTokenRequest } from "../oauth/token-endpoint.ts";
import { Pages } from "../pages/pages.ts";
import { ALL_ROUTES } from "../routes/all-routes.ts";
import { linkAt } from "../routes/links.ts";
import type { Services } from "../routes/route.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { WebhookDeliverer } from "../webhooks/deliverer.ts";
import { Api } from "./api.ts";
import { Bandwidth } from "./bandwidth.ts";
import { type Fault, Faults, faultReply } from "./faults.ts";
import { readBody } from "./read-body.ts";
import { TooLarge } from "./receive.ts";
import { type Reply, readerGone, send, textReply } from "./reply.ts";
import { report } from "./report.ts";
import { Stats } from "./stats.ts";

const MAXIMUM_TOKEN_REQUEST = 64 * 1024;

/** Takes every request: the API's, the token endpoint's, the control API's, and people's. One address serves them all. */
export class Dispatcher {
  readonly #services: Services;
  readonly #api: Api;
  readonly #pages: Pages;
  readonly #controlled: Controlled;
  readonly #faults = new Faults();
  readonly #stats: Stats | null;
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    store: Store,
    settings: Settings,
    closing: AbortSignal,
    clock: Clock,
    webhooks: WebhookDeliverer,
    faults: readonly Fault[],
  ) {
    for (const fault of faults) this.#faults.add(fault);
    const polls: Services["polls"] = { backoff: null, end: new AbortController() };
    const bandwidth = new Bandwidth(settings.conditions, closing);
    this.#services = { store, settings, closing, polls, bandwidth, webhooks };
    this.#stats = settings.stats ? new Stats() : null;
    this.#api = new Api(ALL_ROUTES, this.#services, this.#faults, report);
    this.#pages = new Pages(this.#services);
    this.#controlled = {
      services: this.#services,
      faults: this.#faults,
      stats: this.#stats,
      clock,
    };
  }

  /** Answers one request; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const work = this.#answer(request, response).catch((error) => {
      report(error);
      response.destroy();
    });
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Resolves when no request is being worked on. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "/";
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? "" : target.slice(mark + 1);
    const link = linkAt(path);
    if (path.startsWith("/2/")) {
      const name = path.slice("/2/".length);
      await this.#api.handle(request, response, name, query);
      this.#stats?.count(name, request, response);
    } else if (path === "/oauth2/token" || path === "/1/oauth2/token") {
      await this.#token(request, response, query);
      this.#stats?.count("oauth2/token", request, response);
    } else if (path.startsWith("/__control/")) {
      await send(response, await answerControl(this.#controlled, request, path.slice("/__control/".length)));
      this.#stats?.count("__control", request, response);
    } else if (link !== null) {
      await send(response, await link({ query: new URLSearchParams(query), request, services: this.#services }));
      this.#stats?.count("links", request, response);
    } else {
      await this.#page(request, response, path, query);
      this.#stats?.count(path === "/oauth2/authorize" ? "oauth2/authorize" : "pages", request, response);
    }
  }

  async #token(request: IncomingMessage, response: ServerResponse, query: string): Promise<void> {
    const { latencyMs } = this.#services.settings.conditions;
    if (latencyMs > 0) await sleep(latencyMs);
    const fault = this.#faults.take("oauth2/token");
    const reply = (fault === null ? null : faultReply(fault)) ?? (await this.#tokenReply(request, query));
    if (fault?.cut !== undefined) request.socket.destroy();
    else await send(response, reply);
  }

  async #tokenReply(request: IncomingMessage, query: string): Promise<Reply> {
    if (request.method !== "POST") return textReply(405, "Use POST.");
    const parameters = new URLSearchParams(query);
    for (const [name, value] of new URLSearchParams(await readBody(request, MAXIMUM_TOKEN_REQUEST)))
      parameters.set(name, value);
    return answerTokenRequest(this.#services.store, this.#services.settings, request, parameters);
  }

  async #page(request: IncomingMessage, response: ServerResponse, path: string, query: string): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#pages.answer(request, path, query, readerGone(response));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      response.shouldKeepAlive = false;
      reply = textReply(413, "That is too large.");
    }
    await send(response, reply);
  }
}
