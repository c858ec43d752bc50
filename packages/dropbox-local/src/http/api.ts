import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyRoute, OpenRoute, Services, UserRoute } from "../routes/route.ts";
import { WholeReply } from "../routes/route.ts";
import { LockContention } from "../store/namespace-lock.ts";
import { ApiError, badInput, rateLimitError } from "./api-error.ts";
import { parseArgument } from "./arguments.ts";
import { authenticateApp, authenticateUser } from "./authenticate.ts";
import { type Fault, type Faults, faultReply, spoil } from "./faults.ts";
import { RateLimit } from "./rate-limit.ts";
import { readBody } from "./read-body.ts";
import { TooLarge } from "./receive.ts";
import { jsonReply, type Reply, readerGone, send, textReply } from "./reply.ts";
import type { User } from "./user.ts";

/** The most bytes of JSON in a body: a batch of 10,000 long paths fits. */
const MAXIMUM_JSON = 16 * 1024 * 1024;

const CORS_HACK = "text/plain; charset=dropbox-cors-hack";
const CONTENT_TYPES = {
  rpc: ["application/json", "application/json; charset=utf-8", CORS_HACK],
  upload: ["application/octet-stream", CORS_HACK],
  download: [
    "",
    "text/plain",
    "text/plain; charset=utf-8",
    "application/octet-stream",
    "application/octet-stream; charset=utf-8",
  ],
} as const;

/** Everything below `/2/`: finds the route, checks who calls and with what, and turns results and errors into answers. */
export class Api {
  readonly #routes: ReadonlyMap<string, AnyRoute>;
  readonly #services: Services;
  readonly #faults: Faults;
  readonly #limit: RateLimit;
  readonly #report: (error: unknown) => void;

  /** `report` is told of what should not have happened. */
  constructor(routes: readonly AnyRoute[], services: Services, faults: Faults, report: (error: unknown) => void) {
    this.#routes = new Map(routes.map((route) => [route.name, route]));
    this.#services = services;
    this.#faults = faults;
    this.#limit = new RateLimit(services.settings.conditions, services.settings.requestWindowSeconds);
    this.#report = report;
  }

  /** Answers one request for the route with this name. */
  async handle(request: IncomingMessage, response: ServerResponse, name: string, query: string): Promise<void> {
    // Both SDKs hand it to their callers, for asking Dropbox's support.
    response.setHeader("x-dropbox-request-id", randomUUID().replaceAll("-", ""));
    const fault = this.#faults.take(name);
    const { latencyMs } = this.#services.settings.conditions;
    if (latencyMs > 0) await sleep(latencyMs);
    if (fault?.cut === "before") {
      request.socket.destroy();
      return;
    }
    const reply = (fault === null ? null : faultReply(fault)) ?? (await this.#reply(request, response, name, query));
    if (fault?.cut === "after") {
      request.socket.destroy();
      return;
    }
    await this.#send(request, response, reply, fault);
  }

  async #send(request: IncomingMessage, response: ServerResponse, reply: Reply, fault: Fault | null): Promise<void> {
    if (!request.complete) {
      // Refused before its body was read: let it arrive and be dropped, so that the caller comes to read the answer.
      response.shouldKeepAlive = false;
      request.resume();
    }
    try {
      await send(response, fault === null ? reply : spoil(reply, fault));
    } catch (error) {
      if (fault === null) this.#report(error);
    }
  }

  async #reply(request: IncomingMessage, response: ServerResponse, name: string, query: string): Promise<Reply> {
    try {
      const route = this.#routes.get(name);
      if (route === undefined) throw badInput(name, "This function is not implemented by the local Dropbox.");
      if (request.method !== "POST" && !(route.style === "download" && request.method === "GET"))
        return textReply(405, `Method ${request.method} is not allowed here: use POST.`);
      return await this.#call(route, request, response, new URLSearchParams(query));
    } catch (error) {
      return this.#errorReply(error);
    }
  }

  async #call(
    route: AnyRoute,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<Reply> {
    const { store, bandwidth } = this.#services;
    let user: User | null = null;
    switch (route.auth) {
      case "user":
        user = authenticateUser(store, route.name, request, query, route.scope);
        this.#limit.take(user.ns, user.owner.app);
        break;
      case "app":
        authenticateApp(store, route.name, request);
        break;
      case "none":
        break;
    }
    this.#checkContentType(route, request);
    const arg = await this.#argument(route, request, query, user);
    const call = { arg: arg as never, services: this.#services, request, signal: readerGone(response) };
    if (user === null) return replyOf(await (route as OpenRoute<never>).handle(call));
    return bandwidth.outgoing(user.ns, replyOf(await (route as UserRoute<never>).handle(call, user)));
  }

  #checkContentType(route: AnyRoute, request: IncomingMessage): void {
    const header = request.headers["content-type"] ?? "";
    const allowed: readonly string[] = CONTENT_TYPES[route.style];
    if (allowed.includes(header.toLowerCase().replace(/ *; */g, "; "))) return;
    // A call without an argument needs no body, and so no type.
    if (route.style === "rpc" && header === "" && request.headers["content-length"] === "0") return;
    if (route.style === "rpc" && header === "" && !("transfer-encoding" in request.headers)) return;
    const list = allowed.map((type) => `"${type}"`).join(", ");
    throw badInput(route.name, `Bad HTTP "Content-Type" header: "${header}".  Expecting one of ${list}.`);
  }

  async #argument(
    route: AnyRoute,
    request: IncomingMessage,
    query: URLSearchParams,
    user: User | null,
  ): Promise<unknown> {
    if (route.style === "rpc") {
      const body = await readBody(request, MAXIMUM_JSON);
      if (user !== null) await this.#services.bandwidth.carry(user.ns, "up", Buffer.byteLength(body));
      return parseArgument(route.name, "request body", route.argument, body);
    }
    const header = request.headers["dropbox-api-arg"];
    const text = typeof header === "string" ? latin1AsUtf8(header) : query.get("arg");
    if (text === null) throw badInput(route.name, 'Must provide HTTP header "Dropbox-API-Arg" or URL parameter "arg".');
    const where = typeof header === "string" ? 'HTTP header "Dropbox-API-Arg"' : 'URL parameter "arg"';
    return parseArgument(route.name, where, route.argument, text);
  }

  #errorReply(error: unknown): Reply {
    if (error instanceof ApiError) return error.reply;
    if (error instanceof LockContention)
      return rateLimitError("too_many_write_operations", this.#services.settings.lockRetryAfter).reply;
    if (error instanceof TooLarge) return textReply(413, "The request's body is too large.");
    this.#report(error);
    return textReply(500, "The local Dropbox has failed at this request; its log says more.");
  }
}

function replyOf(result: unknown): Reply {
  return result instanceof WholeReply ? result.reply : jsonReply(result ?? null);
}

/** Node reads headers as Latin-1; who sends UTF-8 unescaped is understood, as Dropbox does. */
function latin1AsUtf8(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, "latin1").toString() : text;
}
