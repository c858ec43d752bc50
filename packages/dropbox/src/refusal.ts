import { DropboxApiError, remoteErrorOf } from "./api-error.ts";
import type { Pacing } from "./pacing.ts";
import type { Transport } from "./transport.ts";

/**
 * Asks for something to which Dropbox may say no for reasons that the caller knows (409). @returns the refusal; null when it
 * was done @throws RemoteError for all else
 */
export async function refusalOf(
  { transport, pacing }: { readonly transport: Transport; readonly pacing: Pacing },
  route: string,
  argument: unknown,
  signal: AbortSignal,
): Promise<DropboxApiError | null> {
  try {
    await pacing.persist(signal, () => transport.rpc(route, argument, signal));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DropboxApiError && error.status === 409) return error;
    throw remoteErrorOf(error);
  }
}
