import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { AccountFilesError } from "../account-files.ts";
import { DropboxLocalError } from "../errors.ts";
import { readBody } from "../http/read-body.ts";
import { jsonReply, type Reply, textReply } from "../http/reply.ts";
import { WebhookFailure } from "../webhooks/call.ts";
import { ACCOUNT_ACTIONS } from "./account-actions.ts";
import { type Action, ControlError, type Controlled } from "./action.ts";
import { CONDITION_ACTIONS } from "./condition-actions.ts";
import { STATE_ACTIONS } from "./state-actions.ts";
import { WEBHOOK_ACTIONS } from "./webhook-actions.ts";

/** The most bytes of a request: a tree of some hundred thousand names fits. */
const MAXIMUM_BODY = 16 * 1024 * 1024;

/** What says that the caller asked for something that can't be. */
const WRONG = [ControlError, DropboxLocalError, AccountFilesError, WebhookFailure, SyntaxError];

/** What tests may ask for, by method and name. */
const ACTIONS: Readonly<Record<string, Action>> = {
  ...CONDITION_ACTIONS,
  ...ACCOUNT_ACTIONS,
  ...STATE_ACTIONS,
  ...WEBHOOK_ACTIONS,
};

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
    const text = await readBody(request, MAXIMUM_BODY);
    return jsonReply(await action(controlled, text === "" ? {} : JSON.parse(text)));
  } catch (error) {
    if (error instanceof z.ZodError) return textReply(400, z.prettifyError(error));
    if (WRONG.some((kind) => error instanceof kind)) return textReply(400, (error as Error).message);
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
