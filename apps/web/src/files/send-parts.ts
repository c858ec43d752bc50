import { CSRF_HEADER } from "@twinfold/api";
import type { DetailedError } from "tus-js-client";
import { ApiFailure, failureOf, parsed, type Sending, unreached } from "../api.ts";

/**
 * Bytes of a request. Proxies that pass a request on only when they have it whole lose one of these at the most, and each is
 * asked for its user's role anew.
 */
const PART = 16 * 1024 * 1024;
/** After so many milliseconds in which nothing went, the connection is taken for lost: a network that is gone says nothing. */
const STALLED_AFTER = 60_000;

/** Answers to a request that only looks have no sentence of their own. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: "Please log in.",
  403: "You may not change the files here any more.",
  409: "The server is busy with these files.",
};

/**
 * Sends what the server does not have yet of a file that was begun. @param address where its parts are taken
 * @throws ApiFailure 404 when it has to begin anew; 0 when the server was not reached, or it was broken off
 */
export async function sendParts(address: string, file: File, { onSent, signal }: Sending): Promise<void> {
  // Only who uploads something large needs it.
  const { Upload } = await import("tus-js-client").catch(() => {
    throw unreached();
  });
  return new Promise((resolve, reject) => {
    let stalled: ReturnType<typeof setTimeout>;
    const settle = (then: () => void) => {
      clearTimeout(stalled);
      signal?.removeEventListener("abort", breakOff);
      then();
    };
    const upload = new Upload(file, {
      uploadUrl: address,
      chunkSize: PART,
      headers: { [CSRF_HEADER]: "1" },
      // Whoever calls tries again, and remembers: it begins anew by itself wherever a proxy answers for the server.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onProgress(bytes) {
        isAlive();
        onSent?.(bytes);
      },
      onSuccess: () => settle(resolve),
      onError: (error) => settle(() => reject(asFailure(error))),
    });
    const breakOff = () => {
      void upload.abort();
      settle(() => reject(unreached()));
    };
    const isAlive = () => {
      clearTimeout(stalled);
      stalled = setTimeout(breakOff, STALLED_AFTER);
    };
    if (signal?.aborted) return reject(unreached());
    signal?.addEventListener("abort", breakOff);
    isAlive();
    upload.start();
  });
}

function asFailure(error: Error | DetailedError): Error {
  if (!("originalRequest" in error)) return error;
  const { originalResponse: answer } = error;
  if (answer === null) return unreached();
  const status = answer.getStatus();
  const failure = failureOf(status, parsed(answer.getBody()));
  // It has to be asked how much has come, or a restore goes on: the next try finds out.
  if (status === 409) return new ApiFailure(503, "busy", SENTENCES[409] ?? failure.message);
  return failure.code === "unexpected"
    ? new ApiFailure(status, "unexpected", SENTENCES[status] ?? failure.message)
    : failure;
}
