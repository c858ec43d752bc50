import { parentPort } from "node:worker_threads";
import { type SimulationOptions, simulate } from "./simulation.ts";

/** What a worker is asked; it answers each with a `Batch`. */
export interface Work {
  readonly first: number;
  readonly count: number;
  readonly options: SimulationOptions;
}

parentPort?.on("message", ({ first, count, options }: Work) => {
  simulate(first, count, options).then(
    (batch) => parentPort?.postMessage(batch),
    (error: unknown) => {
      throw error;
    },
  );
});
