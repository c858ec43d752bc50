import { z } from "zod";
import { DropboxApiError, isBusy, tagsOf } from "./api-error.ts";
import type { WriteParts } from "./write-parts.ts";

const launch = z.looseObject({ ".tag": z.string().optional(), async_job_id: z.string().optional() });
const done = z.looseObject({ entries: z.array(z.unknown()) });

/** Milliseconds between two questions about a job; the first comes sooner. */
const FIRST_CHECK = 50;
const LONGEST_CHECK = 2_000;

/**
 * Starts a batch that may be carried out in the background, and waits for its results, one an entry, in order. Starting
 * is one request; questions about what was started are repeated while they fail for reasons that pass.
 */
export async function runBatch(
  { transport, pacing, clock, signal }: Pick<WriteParts, "transport" | "pacing" | "clock" | "signal">,
  route: string,
  checkRoute: string,
  argument: unknown,
): Promise<readonly unknown[]> {
  let answer = launch.parse(await transport.rpc(route, argument, signal));
  const job = answer.async_job_id;
  for (
    let pause = FIRST_CHECK;
    job !== undefined && answer[".tag"] !== "complete";
    pause = Math.min(pause * 2, LONGEST_CHECK)
  ) {
    if (answer[".tag"] === "failed") throw new DropboxApiError(route, 409, tagsOf(answer.failed ?? answer), answer);
    await clock.sleep(pause, signal);
    signal.throwIfAborted();
    answer = launch.parse(await pacing.persist(signal, () => transport.rpc(checkRoute, { async_job_id: job }, signal)));
  }
  return done.parse(answer).entries;
}

const entry = z.looseObject({ ".tag": z.string() });

/** One entry's result: what it gave, or the error as an exception would carry it. */
export function batchResult(
  route: string,
  value: unknown,
): { readonly metadata: unknown } | { readonly error: DropboxApiError } {
  const parsed = entry.safeParse(value);
  if (parsed.success && parsed.data[".tag"] === "success") {
    // Some routes wrap the metadata in a field, some lay its fields beside the tag.
    const { metadata, success } = parsed.data;
    return { metadata: metadata ?? success ?? { ...parsed.data, ".tag": "file" } };
  }
  const failure = parsed.success ? (parsed.data.failure ?? parsed.data) : value;
  return { error: new DropboxApiError(route, 409, tagsOf(failure), failure) };
}

/** What a batch's results say of what was asked: done; refused for good; or not taken now, to be asked again. */
export function sortResults<T>(route: string, asked: readonly T[], results: readonly unknown[]) {
  const given: [T, unknown][] = [];
  const refused: [T, DropboxApiError][] = [];
  const busy: T[] = [];
  let refusal: DropboxApiError | null = null;
  for (const [index, one] of asked.entries()) {
    const result = batchResult(route, results[index]);
    if ("metadata" in result) given.push([one, result.metadata]);
    else if (isBusy(result.error)) {
      busy.push(one);
      refusal = result.error;
    } else refused.push([one, result.error]);
  }
  return { given, refused, busy, refusal };
}
