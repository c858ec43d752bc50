import { resolve } from "node:path";
import {
  AccountFilesError,
  announcement,
  DropboxLocalError,
  type FaultPlan,
  type ProfileName,
  startDropboxLocal,
} from "@twinfold/dropbox-local";
import { CommandError, EXIT } from "../exit-codes.ts";
import { seedOf } from "./dropbox-local-seed.ts";

export interface DropboxLocalFlags {
  readonly port: number;
  readonly data: string;
  readonly json?: boolean;
  readonly latency?: number;
  readonly commitMs?: number;
  readonly profile?: string;
  readonly uploadRate?: number;
  readonly downloadRate?: number;
  readonly requestsPerSecond?: number;
  readonly seed?: string;
  readonly fault?: readonly FaultPlan[];
  readonly ahead?: number;
  readonly reset?: string;
  readonly snapshot?: string;
  readonly control?: boolean;
  readonly stats?: boolean;
}

/** Runs the local Dropbox until it is told to end. */
export async function dropboxLocal(flags: DropboxLocalFlags): Promise<void> {
  try {
    const running = await startDropboxLocal({
      dataFolder: resolve(flags.data),
      port: flags.port,
      ...conditionsOf(flags),
      stats: flags.stats ?? false,
      control: flags.control ?? flags.stats ?? false,
      faults: flags.fault ?? [],
      aheadSeconds: flags.ahead ?? 0,
    });
    if (flags.reset !== undefined) await running.resetTo(flags.reset);
    const ready = await running.readyMade();
    if (flags.seed !== undefined) await running.seed(ready.accountId, seedOf(flags.seed, ready.appFolder));
    if (flags.snapshot !== undefined) await running.saveSnapshot(flags.snapshot);
    console.log(announcement(ready, flags.json === true));
    await new Promise<void>((ended) => {
      process.once("SIGTERM", () => ended());
      process.once("SIGINT", () => ended());
    });
    await running.close();
  } catch (error) {
    if (error instanceof AccountFilesError) throw new CommandError(EXIT.usage, `--seed: ${error.message}`, error);
    if (!(error instanceof DropboxLocalError)) throw error;
    const codes: Partial<Record<DropboxLocalError["code"], number>> = {
      "port-taken": EXIT.portTaken,
      "data-newer": EXIT.newer,
      "bad-argument": EXIT.usage,
      "address-refused": EXIT.usage,
    };
    throw new CommandError(codes[error.code] ?? EXIT.folder, error.message, error);
  }
}

/** Only those that were asked for: the server has defaults of its own. */
function conditionsOf({ profile, latency, commitMs, uploadRate, downloadRate, requestsPerSecond }: DropboxLocalFlags) {
  return {
    ...(profile === undefined ? {} : { profile: profile as ProfileName }),
    ...(latency === undefined ? {} : { latencyMs: latency }),
    ...(commitMs === undefined ? {} : { commitMs }),
    ...(uploadRate === undefined ? {} : { uploadBytesPerSecond: uploadRate }),
    ...(downloadRate === undefined ? {} : { downloadBytesPerSecond: downloadRate }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  };
}
