import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Notification {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly accounts: readonly string[];
  /** As the app must work it out before it believes the notification. */
  readonly signature: string;
}

export interface ChallengeAnswer {
  readonly status?: number;
  readonly text: string;
  readonly headers?: Record<string, string>;
}

/** What an app's address answers to a notification: a status, once it is known. */
export type Verdict = () => number | Promise<number>;

/** An app's address, as Dropbox's page on webhooks has it: echoes the challenge, checks signatures, answers notifications. */
export interface Receiver {
  readonly uri: string;
  readonly challenges: readonly string[];
  readonly notifications: readonly Notification[];
  /** Resolves when so many notifications have come. */
  heard(count: number): Promise<void>;
  /** How notifications are answered from now on; 200 at first. */
  verdict: Verdict;
  /** What is answered to a challenge, once it is known. */
  answer(challenge: string): ChallengeAnswer | Promise<ChallengeAnswer>;
}

export async function startReceiver(secret: string): Promise<Receiver> {
  const challenges: string[] = [];
  const notifications: Notification[] = [];
  let wake = () => {};
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://receiver");
    const challenge = url.searchParams.get("challenge");
    if (request.method === "GET" && challenge !== null) {
      challenges.push(challenge);
      const { status = 200, text, headers } = await receiver.answer(challenge);
      response.writeHead(status, headers).end(text);
      return;
    }
    let body = "";
    for await (const piece of request) body += piece;
    const accounts = JSON.parse(body).list_folder.accounts as string[];
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    notifications.push({ headers: request.headers, body, accounts, signature });
    wake();
    response.writeHead(await receiver.verdict()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dropbox?for=test`,
    challenges,
    notifications,
    async heard(count) {
      while (notifications.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    verdict: () => 200,
    answer: (challenge) => ({
      text: challenge,
      headers: { "content-type": "text/plain", "x-content-type-options": "nosniff" },
    }),
  };
  return receiver;
}
