import type { IncomingMessage } from "node:http";
import type { Services } from "./route.ts";

/** A request for what a link leads to; needs no token. */
export interface LinkCall {
  /** What follows the kind of link in the address. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly services: Services;
}
