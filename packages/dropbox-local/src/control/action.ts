import type { Faults } from "../http/faults.ts";
import type { Stats } from "../http/stats.ts";
import type { Services } from "../routes/route.ts";

/** What the control API works on. */
export interface Controlled {
  readonly services: Services;
  readonly faults: Faults;
  /** Null when nothing is counted. */
  readonly stats: Stats | null;
  readonly clock: Clock;
}

/** The server's clock, which may be ahead of the machine's: what expires then does so early. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** How far it is ahead, in milliseconds. */
  ahead(): number;
  /** Sets it forward by so many milliseconds. */
  advance(milliseconds: number): void;
}

/** Does what was asked, with the JSON of the request's body; what it gives is answered as JSON. @throws ControlError, ZodError */
export type Action = (controlled: Controlled, body: unknown) => Promise<unknown>;

/** What was asked makes no sense; the message says what. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}

/** The namespace of an account that is named by its id or e-mail address. @throws ControlError */
export function namespaceOf({ store }: Services, accountId: string): number {
  const account = store.accounts.byId(accountId) ?? store.accounts.byEmail(accountId);
  if (account === undefined) throw new ControlError(`There is no account ${accountId}.`);
  return account.ns;
}
