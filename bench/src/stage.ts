import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AccountFiles,
  type ProfileName,
  type RunningDropboxLocal,
  startDropboxLocal,
} from "@twinfold/dropbox-local";
import type { Running } from "../../test/clients/running.ts";
import { listenWithTls, makeCertificates } from "../../test/clients/tls.ts";
import { type StartProgram, underDropboxNames } from "../../test/clients/under-dropbox-names.ts";
import type { Span } from "./flames/cpu-profile.ts";
import type { Line } from "./lower-bound.ts";

const CONTROL = "__control";
const LONG_POLL = "files/list_folder/longpoll";

/** What the local Dropbox was asked so far. */
export interface Traffic {
  /** By route, with long polls. */
  readonly requests: Readonly<Record<string, number>>;
  /** With headers. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** How the local Dropbox is slow. */
export type Conditions = Line & { readonly requestsPerSecond: number | null };

/** An empty folder and an empty Dropbox, for one run of one contender. */
export interface Stage {
  readonly folder: string;
  /** What is kept in sync, on disk. */
  readonly root: string;
  readonly dropbox: RunningDropboxLocal;
  readonly account: string;
  readonly files: AccountFiles;
  readonly conditions: Conditions;
  /** Where the local Dropbox is by TLS, for those who can be told so; its certificate authority. */
  readonly url: string;
  readonly authority: string;
  /** For those who know Dropbox by its names only. */
  startUnderDropboxNames: StartProgram;
  /** Since when (performance.now()) that is done which is measured; null before and after. */
  measuredSince: number | null;
  /** When that was, the last time; microseconds of process.hrtime. */
  lastMeasured: Span | null;
  /** Where Twinfold's profiles are written; null where it is not sampled. */
  readonly profiles: string | null;
  /** Aborted when the run is over, whether it came to its end or not. */
  readonly over: AbortSignal;
  /** A program that ends with the run. */
  own(running: Running): Running;
  traffic(): Promise<Traffic>;
  /** Does several writes in Dropbox as if they were one: none waits for the lock of the one before. */
  atOnce(writes: () => Promise<void>): Promise<void>;
  /** Resolves when nothing was asked for so long, long polls apart. */
  quiet(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param withNames whether programs can be started under Dropbox's names, which needs root
 * @param isSampled whether Twinfold runs with a profiler
 */
export async function openStage(profile: ProfileName, withNames: boolean, isSampled = false): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  const root = join(folder, "root");
  mkdirSync(root);
  const dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox"), stats: true, control: true, profile });
  const { accountId } = await dropbox.ensureAccount({
    email: "ada@example.org",
    name: "Ada Byron",
    password: "some words",
  });
  const control = async (name: string, body?: unknown) => {
    const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await fetch(`${dropbox.url}/${CONTROL}/${name}`, post)).json();
  };
  const conditions = (await control("conditions")) as Conditions;
  const authority = makeCertificates(folder);
  const tls = await listenWithTls(folder, { host: "127.0.0.1", port: 0 }, dropbox.port);
  const names = withNames ? await underDropboxNames(folder, dropbox.port) : null;
  const over = new AbortController();
  const owned: Running[] = [];

  // Also when somebody ends it in between.
  const vanish = () => {
    for (const running of owned) running.signal("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", vanish);

  async function traffic(): Promise<Traffic> {
    const { routes } = (await control("stats")) as {
      routes: Record<string, { requests: number; bytesIn: number; bytesOut: number }>;
    };
    // Not what is asked here.
    const { [CONTROL]: _, ...asked } = routes;
    const all = Object.entries(asked);
    return {
      requests: Object.fromEntries(all.map(([route, { requests }]) => [route, requests])),
      bytesUp: all.reduce((sum, [, { bytesIn }]) => sum + bytesIn, 0),
      bytesDown: all.reduce((sum, [, { bytesOut }]) => sum + bytesOut, 0),
    };
  }

  return {
    folder,
    root,
    dropbox,
    account: accountId,
    files: dropbox.accountFiles(accountId),
    conditions,
    url: `https://localhost:${tls.port}`,
    authority,
    startUnderDropboxNames(...call) {
      if (names === null) throw new Error("this stage has no names of Dropbox");
      return names.start(...call);
    },
    measuredSince: null,
    lastMeasured: null,
    profiles: isSampled ? join(folder, "profiles") : null,
    over: over.signal,
    own(running) {
      owned.push(running);
      return running;
    },
    traffic,
    async atOnce(writes) {
      await control("conditions", { commitMs: 0 });
      await writes();
      await control("conditions", { commitMs: conditions.commitMs });
    },
    async quiet(milliseconds) {
      let last = countOf((await traffic()).requests);
      for (let since = performance.now(); performance.now() - since < milliseconds; ) {
        await sleep(50, undefined, { signal: over.signal });
        const count = countOf((await traffic()).requests);
        if (count !== last) since = performance.now();
        last = count;
      }
    },
    async close() {
      over.abort(new Error("the run is over"));
      await Promise.all(owned.map((running) => running.kill()));
      await Promise.all([tls.close(), names?.close()]);
      await dropbox.close();
      rmSync(folder, { recursive: true, force: true });
      process.off("exit", vanish);
    },
  };
}

/** Requests, long polls apart: they cost nothing while nothing happens. */
export function countOf(requests: Readonly<Record<string, number>>): number {
  return Object.entries(requests).reduce((sum, [route, count]) => (route === LONG_POLL ? sum : sum + count), 0);
}
