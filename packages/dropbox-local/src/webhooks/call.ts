/** The most bytes of an answer that are read. */
const MAXIMUM_ANSWER = 64 * 1024;

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An app's address did not answer as it has to; the message is a sentence for its developer. */
export class WebhookFailure extends Error {
  override readonly name = "WebhookFailure";
}

/** Sends a request to an app's address, as Dropbox does: redirects are not followed. `patience` in milliseconds. @throws WebhookFailure */
export async function callWebhook(
  address: string,
  request: RequestInit,
  patience: number,
  stopped: AbortSignal,
): Promise<Called> {
  const timeout = AbortSignal.timeout(patience);
  try {
    const response = await fetch(address, {
      ...request,
      headers: { ...request.headers, "user-agent": "DropboxWebhooks/1.0" },
      redirect: "manual",
      signal: AbortSignal.any([timeout, stopped]),
    });
    return { status: response.status, headers: response.headers, text: await beginningOf(response) };
  } catch (error) {
    if (timeout.aborted)
      throw new WebhookFailure(`It did not answer within ${patience / 1000} seconds.`, { cause: error });
    const { message, cause } = error as Error;
    throw new WebhookFailure(`It can't be reached: ${cause instanceof Error ? cause.message : message}.`, {
      cause: error,
    });
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    size += piece.length;
    if (size > MAXIMUM_ANSWER) break;
  }
  return Buffer.concat(pieces).toString();
}
