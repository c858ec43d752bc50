import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AccountFiles,
  type DropboxLocalOptions,
  type GrantedTokens,
  type RunningDropboxLocal,
  startDropboxLocal,
} from "@twinfold/dropbox-local";
import { onTestFinished } from "vitest";
import { ALL_ROUTES } from "../../packages/dropbox-local/src/routes/all-routes.ts";
import type { Ended } from "./running.ts";
import { makeCertificates } from "./tls.ts";
import { type StartProgram, underDropboxNames } from "./under-dropbox-names.ts";

/** Whose Dropbox it is. */
export const ADA = { email: "ada@example.org", name: "Ada Byron", password: "some words" };

/** What every caller is refused: it is for business accounts, or for lists that are longer than any here. */
export const NEVER_GIVEN = [
  "files/permanently_delete",
  "sharing/list_folders/continue",
  "sharing/list_mountable_folders/continue",
  "sharing/list_received_files/continue",
];

/** A local Dropbox that programs of a test take for Dropbox. */
export interface World {
  readonly dropbox: RunningDropboxLocal;
  readonly files: AccountFiles;
  readonly accountId: string;
  /** An empty folder of the test's own. */
  readonly folder: string;
  /** The test's certificate authority. */
  readonly authority: string;
  /** The routes of the local Dropbox, in order; with `has`, those that have not given an answer with such a status. */
  routes(has?: (status: number) => boolean): string[];
  /** Links the account to an app with full access. */
  link(app: {
    readonly name: string;
    readonly key?: string;
  }): Promise<GrantedTokens & { appKey: string; appSecret: string }>;
  /** The program is killed with the test. */
  readonly start: StartProgram;
  /** Runs such a program to its end, which must be a good one. @returns what it printed */
  run(program: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  /** The same, however it ends. */
  attempt(program: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
}

export async function makeWorld(options: Partial<DropboxLocalOptions> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "twinfold-clients-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox"), control: true, ...options });
  onTestFinished(() => dropbox.close());
  const authority = makeCertificates(folder);
  const answers = new Map<string, Set<number>>();
  const names = await underDropboxNames(folder, dropbox.port, (path, status) => {
    const route = /^\/2\/([^?]+)/.exec(path)?.[1];
    if (route !== undefined) answers.set(route, (answers.get(route) ?? new Set()).add(status));
  });
  onTestFinished(names.close);
  const { accountId } = await dropbox.ensureAccount(ADA);

  const start: World["start"] = (...call) => {
    const running = names.start(...call);
    onTestFinished(() => running.kill());
    return running;
  };
  const attempt: World["attempt"] = (...call) => start(...call).ended;

  return {
    dropbox,
    files: dropbox.accountFiles(accountId),
    accountId,
    folder,
    authority,
    routes: (has = () => false) =>
      ALL_ROUTES.map(({ name }) => name)
        .filter((name) => ![...(answers.get(name) ?? [])].some(has))
        .sort(),
    async link({ name, key }) {
      const app = await dropbox.ensureApp({ name, access: "full", ...(key === undefined ? {} : { key }) });
      const tokens = await dropbox.grant({ account: accountId, app: app.appKey });
      return { ...tokens, appKey: app.appKey, appSecret: app.appSecret };
    },
    start,
    attempt,
    async run(program, args, environment) {
      const { code, output } = await attempt(program, args, environment);
      if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${output}`);
      return output;
    },
  };
}
