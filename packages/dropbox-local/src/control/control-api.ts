import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { Conditions } from "../http/api.ts";
import { FaultSchema, type Faults } from "../http/faults.ts";
import { readBody } from "../http/read-body.ts";
import { jsonReply, type Reply, textReply } from "../http/reply.ts";
import type { Stats } from "../http/stats.ts";
import type { Services } from "../routes/route.ts";

/** What the control API works on. */
export interface Controlled {
  readonly services: Services;
  readonly faults: Faults;
  readonly conditions: Conditions;
  /** Null when nothing is counted. */
  readonly stats: Stats | null;
  /** Moves the server's clock forward, in milliseconds. */
  advanceClock(milliseconds: number): void;
}

const conditionsType = z.strictObject({
  latencyMs: z.number().min(0).optional(),
  commitMs: z.number().min(0).optional(),
  lockWaitMs: z.number().min(0).optional(),
});
const accountType = z.strictObject({ accountId: z.string() });
const linkType = z.strictObject({ accountId: z.string(), appKey: z.string() });
const backoffType = z.strictObject({ seconds: z.int().min(0).nullable() });
const clockType = z.strictObject({ seconds: z.number().min(0) });

type Action = (controlled: Controlled, body: unknown) => Promise<unknown>;

/** What tests may ask for, by method and name. */
const ACTIONS: Readonly<Record<string, Action>> = {
  "POST conditions": async ({ conditions, services: { store } }, body) => {
    const { latencyMs, commitMs, lockWaitMs } = conditionsType.parse(body);
    conditions.latencyMs = latencyMs ?? conditions.latencyMs;
    store.locks.holdMs = commitMs ?? store.locks.holdMs;
    store.locks.waitMs = lockWaitMs ?? store.locks.waitMs;
    return { latencyMs: conditions.latencyMs, commitMs: store.locks.holdMs, lockWaitMs: store.locks.waitMs };
  },
  "POST faults": async ({ faults }, body) => {
    for (const fault of z.array(FaultSchema).parse(Array.isArray(body) ? body : [body])) faults.add(fault);
    return {};
  },
  "GET faults": async ({ faults }) => ({ met: faults.met() }),
  "DELETE faults": async ({ faults }) => {
    faults.clear();
    return {};
  },
  "POST expire-access-tokens": async ({ services: { store } }) => {
    await store.commit(() => store.grants.expireAccessTokens());
    return {};
  },
  "POST reset-cursors": async ({ services: { store } }, body) => {
    const ns = namespaceOf(store, accountType.parse(body).accountId);
    await store.commit(() => {
      store.states.write(ns).epoch++;
    });
    return {};
  },
  "POST revoke-link": async ({ services: { store } }, body) => {
    const { accountId, appKey } = linkType.parse(body);
    const ns = namespaceOf(store, accountId);
    await store.commit(() => store.grants.revokeLink(ns, appKey));
    return {};
  },
  "POST poll-backoff": async ({ services: { polls } }, body) => {
    polls.backoff = backoffType.parse(body).seconds;
    return {};
  },
  "POST end-polls": async ({ services: { polls } }) => {
    const { end } = polls;
    polls.end = new AbortController();
    end.abort();
    return {};
  },
  "POST advance-clock": async ({ advanceClock }, body) => {
    advanceClock(clockType.parse(body).seconds * 1000);
    return {};
  },
  "DELETE stats": async ({ stats }) => {
    stats?.reset();
    return {};
  },
};

class ControlError extends Error {
  override readonly name = "ControlError";
}

function namespaceOf(store: Services["store"], accountId: string): number {
  const account = store.accounts.byId(accountId) ?? store.accounts.byEmail(accountId);
  if (account === undefined) throw new ControlError(`There is no account ${accountId}.`);
  return account.ns;
}

/** Answers what is below `/__control/`: for programs on this machine only, and only what is switched on. */
export async function answerControl(controlled: Controlled, request: IncomingMessage, name: string): Promise<Reply> {
  if (!isFromThisMachine(request)) return textReply(403, "The control API is for programs on this machine.");
  const { settings } = controlled.services;
  if (request.method === "GET" && name === "stats" && controlled.stats !== null) return jsonReply(controlled.stats);
  if (name === "stats" && controlled.stats === null)
    return textReply(404, "Nothing is counted: start the local Dropbox with stats on.");
  const action = ACTIONS[`${request.method} ${name}`];
  if (!settings.control || action === undefined)
    return textReply(404, settings.control ? "No such control." : "The control API is off.");
  try {
    const text = await readBody(request, 1024 * 1024);
    return jsonReply(await action(controlled, text === "" ? {} : JSON.parse(text)));
  } catch (error) {
    if (error instanceof z.ZodError) return textReply(400, z.prettifyError(error));
    if (error instanceof ControlError || error instanceof SyntaxError) return textReply(400, error.message);
    throw error;
  }
}

/** Not a browser's page, and not through a name that somebody else has pointed here. */
function isFromThisMachine(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? "";
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return (
    /^(127\.|::1$|::ffff:127\.)/.test(address) &&
    ["127.0.0.1", "localhost", "[::1]"].includes(host) &&
    request.headers.origin === undefined
  );
}
