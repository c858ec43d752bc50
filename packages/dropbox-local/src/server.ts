import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { AccountFiles } from "./account-files.ts";
import { createAccountFiles } from "./account-files-store.ts";
import { type Clock, ControlError } from "./control/action.ts";
import { faultsFrom } from "./control/fault-plan.ts";
import { DropboxLocalError } from "./errors.ts";
import { Dispatcher } from "./http/dispatcher.ts";
import type { Fault, FaultPlan } from "./http/faults.ts";
import { listen } from "./http/listen.ts";
import { report } from "./http/report.ts";
import { ensureAppFolder } from "./oauth/app-folder.ts";
import { hashPassword } from "./oauth/passwords.ts";
import { appNameRefusal, redirectRefusal } from "./oauth/registration.ts";
import { ALL_SCOPES } from "./oauth/scopes.ts";
import { makeReady } from "./ready-made.ts";
import type { AccountInfo, AppInfo, GrantedTokens, RunningDropboxLocal } from "./running.ts";
import { parseSeed, type Seed } from "./seed-plan.ts";
import { plant, type Seeded } from "./seeding.ts";
import { type DropboxLocalOptions, settingsOf } from "./settings.ts";
import type { Account } from "./store/accounts.ts";
import type { App } from "./store/apps.ts";
import { Store } from "./store/store.ts";
import { WebhookDeliverer } from "./webhooks/deliverer.ts";

/** How long requests under way have to end when the server closes, in milliseconds. */
const CLOSING_TIME = 2000;

/**
 * Opens the data folder and starts to listen.
 * @throws DropboxLocalError `port-taken`, `address-refused`, `data-newer`, `data-in-use`, `data-unreadable`, `bad-argument`
 */
export async function startDropboxLocal(options: DropboxLocalOptions): Promise<RunningDropboxLocal> {
  const settings = settingsOf(options);
  const faults = plannedFaults(options.faults ?? []);
  const clock = makeClock(options.aheadSeconds ?? 0);
  const store = await Store.open(options.dataFolder, settings, clock.now);
  const closing = new AbortController();
  const webhooks = new WebhookDeliverer(store, settings, report);
  const dispatcher = new Dispatcher(store, settings, closing.signal, clock, webhooks, faults);
  const host = options.host ?? "127.0.0.1";
  const handle = (request: IncomingMessage, response: ServerResponse) => void dispatcher.handle(request, response);
  const listening = await listen(handle, host, options.port ?? 0, settings.maximumHeaderBytes).catch(async (error) => {
    await webhooks.stop();
    store.close();
    throw error;
  });
  const { port } = listening;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

  const accountNamed = (name: string): Account => {
    const account = store.accounts.byId(name) ?? store.accounts.byEmail(name);
    if (account === undefined) throw new DropboxLocalError("bad-argument", `There is no account ${name}.`);
    return account;
  };
  const appNamed = (key: string): App => {
    const app = store.apps.byKey(key);
    if (app === undefined) throw new DropboxLocalError("bad-argument", `There is no app with the key ${key}.`);
    return app;
  };

  const running = {
    url,
    port,

    async ensureAccount(wanted: { email: string; name: string; password: string }): Promise<AccountInfo> {
      if (!/^[^\s@]+@[^\s@]+$/.test(wanted.email))
        throw new DropboxLocalError("bad-argument", `"${wanted.email}" is not an e-mail address.`);
      const password = await hashPassword(wanted.password);
      return store.commit(() => {
        const there = store.accounts.byEmail(wanted.email);
        if (there !== undefined) store.accounts.rename(there.ns, wanted.name, password);
        const account =
          there ?? store.accounts.create({ ...wanted, password, quota: settings.quotaBytes, now: store.now() });
        return { accountId: account.id, email: account.email, name: wanted.name };
      });
    },

    async ensureApp(wanted: Parameters<RunningDropboxLocal["ensureApp"]>[0]): Promise<AppInfo> {
      for (const refusal of [appNameRefusal(wanted.name), ...(wanted.redirectUris ?? []).map(redirectRefusal)])
        if (refusal !== null) throw new DropboxLocalError("bad-argument", refusal);
      const developer = wanted.developer === undefined ? null : accountNamed(wanted.developer);
      return store.commit(() => {
        const there = store.apps.byName(wanted.name);
        const access = wanted.access ?? there?.access ?? "app-folder";
        if (there !== undefined && there.access !== access)
          throw new DropboxLocalError("bad-argument", `The app ${wanted.name} has other access: it can't be changed.`);
        if (there === undefined && wanted.key !== undefined && store.apps.byKey(wanted.key) !== undefined)
          throw new DropboxLocalError("bad-argument", `There is another app with the key ${wanted.key}.`);
        const app = there ?? store.apps.create({ ...wanted, access, scopes: ALL_SCOPES, now: store.now() });
        if (wanted.redirectUris !== undefined) store.apps.setRedirectAddresses(app.key, wanted.redirectUris);
        if (developer !== null) store.apps.addDeveloper(app.key, developer.ns);
        return appInfo(app, store.apps.redirectAddresses(app.key));
      });
    },

    async grant(link: { account: string; app: string; scopes?: readonly string[] }): Promise<GrantedTokens> {
      const account = accountNamed(link.account);
      const app = appNamed(link.app);
      const scopes = link.scopes ?? app.scopes;
      const unknown = scopes.find((scope) => !app.scopes.includes(scope));
      if (unknown !== undefined) throw new DropboxLocalError("bad-argument", `There is no scope ${unknown}.`);
      return store.commit(() => {
        ensureAppFolder(store, account.ns, app);
        const { grant, refreshToken } = store.grants.create(
          // As if by PKCE: good with and without the secret.
          { ns: account.ns, app: app.key, scopes, public: true },
          true,
        );
        const accessToken = store.grants.newAccessToken(grant, scopes, settings.accessTokenSeconds);
        return { accessToken, refreshToken: refreshToken ?? "", accountId: account.id };
      });
    },

    accountFiles: (account: string): AccountFiles => createAccountFiles(store, accountNamed(account).ns),

    seed: async (account: string, seed: Seed): Promise<Seeded> =>
      plant(store, accountNamed(account).ns, parseSeed(seed)),

    saveSnapshot: (name: string): Promise<void> => store.snapshots.save(name),

    resetTo: (snapshot: string): Promise<void> => store.reset(snapshot),
  };

  const refresh = (appKey: string, refreshToken: string): Promise<string | null> =>
    store.commit(() => {
      const grant = store.grants.byRefreshToken(refreshToken);
      if (grant === undefined || grant.app !== appKey) return null;
      return store.grants.newAccessToken(grant, grant.scopes, settings.accessTokenSeconds);
    });

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await listening.close(CLOSING_TIME);
    await dispatcher.idle();
    await webhooks.stop();
    store.close();
  };
  return {
    ...running,
    readyMade: () => makeReady(options.dataFolder, running, refresh),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** @throws DropboxLocalError `bad-argument` */
function plannedFaults(plans: readonly FaultPlan[]): Fault[] {
  try {
    return faultsFrom(plans);
  } catch (error) {
    if (error instanceof ControlError) throw new DropboxLocalError("bad-argument", error.message, error);
    if (error instanceof z.ZodError)
      throw new DropboxLocalError("bad-argument", `A fault can't be so: ${z.prettifyError(error)}`, error);
    throw error;
  }
}

/** @throws DropboxLocalError `bad-argument` */
function makeClock(aheadSeconds: number): Clock {
  if (!Number.isFinite(aheadSeconds) || aheadSeconds < 0)
    throw new DropboxLocalError(
      "bad-argument",
      `The clock can't be ${aheadSeconds} seconds ahead: it takes 0 or more.`,
    );
  let ahead = aheadSeconds * 1000;
  return {
    now: () => Date.now() + ahead,
    ahead: () => ahead,
    advance(milliseconds) {
      ahead += milliseconds;
    },
  };
}

function appInfo(app: App, redirectUris: readonly string[]): AppInfo {
  return { appKey: app.key, appSecret: app.secret, name: app.name, access: app.access, redirectUris };
}
