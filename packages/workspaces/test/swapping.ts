import { workerData } from "node:worker_threads";
import { exchangeNames } from "@twinfold/filesystem";

/** As an application does that wants to be let out: two names change what they stand for, without a pause. */
const { one, other, stop } = workerData as { one: string; other: string; stop: Int32Array };
while (Atomics.load(stop, 0) === 0) {
  try {
    exchangeNames(one, other);
  } catch {
    // One of them was just taken away.
  }
}
