import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** While an application in the root exchanges two names of it. */
export async function whileSwapping(
  root: string,
  { one, other }: { readonly one: string; readonly other: string },
  body: () => Promise<void>,
): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { one: join(root, one), other: join(root, other), stop };
  const worker = new Worker(new URL("./swapping.ts", import.meta.url), { workerData });
  try {
    await new Promise((resolve) => worker.once("online", resolve));
    await body();
  } finally {
    Atomics.store(stop, 0, 1);
    await new Promise((resolve) => worker.once("exit", resolve));
  }
}
