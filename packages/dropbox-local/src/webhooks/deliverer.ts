import { setTimeout as sleep } from "node:timers/promises";
import type { Figures } from "../figures.ts";
import { scopeOf } from "../http/authenticate.ts";
import type { Store } from "../store/store.ts";
import type { Webhook } from "../store/webhooks.ts";
import { callWebhook, WebhookFailure } from "./call.ts";
import { notificationBody, signatureOf } from "./notification.ts";
import { registerWebhook } from "./registration.ts";

/** The most accounts in one notification. */
const MAXIMUM_ACCOUNTS = 1000;

export type DeliverySettings = Pick<
  Figures,
  "webhookDelayMs" | "webhookRetryMs" | "webhookRetries" | "webhookTimeoutMs" | "webhookGivenUpLimit"
>;

/** One webhook's work: one request at a time, so that what happens meanwhile goes into the next. */
interface Line {
  readonly pending: Set<number>;
  /** Up to where in each account's log there was nothing for this app: not looked at again. */
  readonly seen: Map<number, number>;
  running: Promise<void> | null;
}

/**
 * Tells apps' webhooks whose files have changed. It keeps nothing that must last: which accounts a webhook is still to be told
 * of follows from the logs and from what it has accepted. Writes only leave a mark here, and no request waits for an app.
 */
export class WebhookDeliverer {
  readonly #store: Store;
  readonly #settings: DeliverySettings;
  readonly #report: (error: unknown) => void;
  readonly #stopping = new AbortController();
  readonly #lines = new Map<number, Line>();
  readonly #changed = new Set<number>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | null = null;

  /** Begins, with what was still to be told when the last run ended. `report` hears of what should not have happened. */
  constructor(store: Store, settings: DeliverySettings, report: (error: unknown) => void) {
    this.#store = store;
    this.#settings = settings;
    this.#report = report;
    this.#stopListening = store.onAnyChange((changed) => {
      if (changed === "reset") this.#lookAtAll(true);
      else this.#mark(changed);
    });
    this.#lookAtAll(false);
  }

  /**
   * Registers an app's address once it has passed the challenge, or enables it again.
   * @returns what its developer should change all the same; null when there is nothing
   * @throws WebhookFailure
   */
  async register(app: string, uri: string): Promise<string | null> {
    const advice = await registerWebhook(this.#store, app, uri, this.#settings.webhookTimeoutMs, this.#stopping.signal);
    this.#lookAtAll(false);
    return advice;
  }

  /** Ends what is under way; resolves when nothing more is written to the store. */
  async stop(): Promise<void> {
    this.#stopListening();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#stopping.abort();
    await Promise.all([...this.#lines.values()].map((line) => line.running));
  }

  #mark(changed: readonly number[]): void {
    for (const ns of changed) this.#changed.add(ns);
    if (this.#timer !== null || this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      try {
        this.#look();
      } catch (error) {
        // Nobody waits for a timer: thrown on, it would end the server.
        this.#report(error);
      }
    }, this.#settings.webhookDelayMs);
  }

  #look(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const webhook of this.#store.webhooks.all()) {
      if (!webhook.enabled) continue;
      for (const ns of changed) if (this.#store.grants.isLinked(ns, webhook.app)) this.#consider(webhook, ns);
      this.#run(webhook);
    }
  }

  /** `reset`: all is different from what it was, whatever the logs say. */
  #lookAtAll(reset: boolean): void {
    for (const webhook of this.#store.webhooks.all()) {
      if (!webhook.enabled) continue;
      for (const ns of this.#store.grants.linkedAccounts(webhook.app)) {
        if (reset) this.#lineOf(webhook).pending.add(ns);
        else this.#consider(webhook, ns);
      }
      this.#run(webhook);
    }
  }

  /** An app-folder app hears of its own folder only. */
  #consider(webhook: Webhook, ns: number): void {
    const store = this.#store;
    const line = this.#lineOf(webhook);
    const app = store.apps.byKey(webhook.app);
    const state = store.states.find(ns);
    if (app === undefined || state === undefined || line.pending.has(ns)) return;
    const since = Math.max(store.webhooks.mark(webhook.id, ns), line.seen.get(ns) ?? 0);
    if (since >= state.seq) return;
    const folder = { ns, key: scopeOf(ns, app).rootKey, recursive: true };
    if (store.log.hasChanges(folder, null, since)) line.pending.add(ns);
    else line.seen.set(ns, state.seq);
  }

  #lineOf({ id }: Webhook): Line {
    const line = this.#lines.get(id) ?? { pending: new Set(), seen: new Map(), running: null };
    this.#lines.set(id, line);
    return line;
  }

  #run(webhook: Webhook): void {
    const line = this.#lineOf(webhook);
    if (line.running !== null || line.pending.size === 0) return;
    line.running = this.#deliverAll(webhook.id, line)
      .catch(this.#report)
      .finally(() => {
        line.running = null;
      });
  }

  async #deliverAll(id: number, line: Line): Promise<void> {
    let attempt = 0;
    while (line.pending.size > 0 && !this.#stopping.signal.aborted) {
      const webhook = this.#store.webhooks.byId(id);
      if (webhook?.enabled !== true) {
        line.pending.clear();
        return;
      }
      if (await this.#deliver(webhook, line)) {
        attempt = 0;
        continue;
      }
      if (this.#stopping.signal.aborted) return;
      if (attempt === this.#settings.webhookRetries) {
        // What it was not told of follows from its marks, with the next change of the account or the next start.
        line.pending.clear();
        await this.#store.commit(() => this.#store.webhooks.gaveUp(id, this.#settings.webhookGivenUpLimit));
        return;
      }
      await this.#wait(this.#settings.webhookRetryMs * 2 ** attempt);
      attempt++;
    }
  }

  /** @returns whether it was accepted */
  async #deliver(webhook: Webhook, line: Line): Promise<boolean> {
    const { webhooks, apps, accounts, states } = this.#store;
    const told = new Map<number, number>();
    for (const ns of [...line.pending].slice(0, MAXIMUM_ACCOUNTS)) told.set(ns, states.find(ns)?.seq ?? 0);
    const changed = [...told.keys()].flatMap((ns) => {
      const account = accounts.byNamespace(ns);
      return account === undefined ? [] : [{ id: account.id, uid: ns }];
    });
    // From here on a change is one that this notification may not tell of.
    for (const ns of told.keys()) line.pending.delete(ns);
    if (changed.length === 0) return true;
    try {
      await this.#post(webhook.uri, notificationBody(changed), apps.byKey(webhook.app)?.secret ?? "");
      await this.#store.commit(() => webhooks.accepted(webhook.id, told));
      return true;
    } catch (error) {
      for (const ns of told.keys()) line.pending.add(ns);
      if (!(error instanceof WebhookFailure)) throw error;
      if (!this.#stopping.signal.aborted) await this.#store.commit(() => webhooks.failed(webhook.id, error.message));
      return false;
    }
  }

  async #post(uri: string, body: string, secret: string): Promise<void> {
    const headers = { "content-type": "application/json", "x-dropbox-signature": signatureOf(body, secret) };
    const { status } = await callWebhook(
      uri,
      { method: "POST", headers, body },
      this.#settings.webhookTimeoutMs,
      this.#stopping.signal,
    );
    if (status !== 200) throw new WebhookFailure(`It answered with the status ${status}, not 200.`);
  }

  async #wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}
