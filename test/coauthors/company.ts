import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { SeededRandomness } from "@twinfold/simulator";
import { Contents, LARGE_SIZES } from "../torture/contents.ts";
import { DiskUser } from "../torture/disk-user.ts";
import { DropboxApi } from "../torture/dropbox-api.ts";
import { DropboxUser } from "../torture/dropbox-user.ts";
import { EngineProcess } from "../torture/engine.ts";
import { compareSides } from "../torture/invariants.ts";
import { Ledger } from "../torture/ledger.ts";
import type { Tree } from "../torture/tree.ts";

/** The session's folder, as the app sees it, and where it lies in each account. */
const REMOTE = "/Org/Space/Master";
export const FOLDER = `/Apps/Twinfold${REMOTE}`;

/** One who works on the folder: an account of her own, and an engine in a process of its own. */
export interface CoAuthor {
  readonly name: string;
  readonly engine: EngineProcess;
  readonly api: DropboxApi;
  /** She herself, at Dropbox. */
  readonly user: DropboxUser;
  readonly files: AccountFiles;
  /** Versions of files that her account has got since this was last emptied, by path in the folder. */
  readonly versions: Map<string, number>;
}

/** Co-authors of one folder on disk, their accounts in one local Dropbox, and all that they have written. */
export class Company {
  readonly folder = mkdtempSync(join(tmpdir(), "twinfold-coauthors-"));
  readonly root = join(this.folder, "root");
  readonly random: SeededRandomness;
  readonly contents: Contents;
  readonly ledger = new Ledger();
  /** Her who works in an application. */
  readonly disk: DiskUser;
  /** Who is in it at present. */
  members: CoAuthor[] = [];
  #dropbox: RunningDropboxLocal | null = null;

  constructor(seed: number) {
    mkdirSync(this.root);
    this.random = new SeededRandomness(seed);
    this.contents = new Contents(this.random.fork(), LARGE_SIZES);
    this.disk = new DiskUser(this.root, this.contents, this.ledger);
  }

  /** All of them linked, and every engine started. */
  async begin(size: number): Promise<void> {
    this.#dropbox = await startDropboxLocal({ dataFolder: join(this.folder, "dropbox"), stats: true, control: true });
    const { appKey, appSecret } = await this.#dropbox.ensureApp({ name: "Twinfold" });
    for (let index = 1; index <= size; index++) {
      const name = `author-${index}`;
      const email = `${name}@dropbox.example`;
      await this.#dropbox.ensureAccount({ email, name, password: name });
      const { url } = this.#dropbox;
      const ready = { ...(await this.#dropbox.grant({ account: email, app: appKey })), url, appKey, appSecret };
      const files = this.#dropbox.accountFiles(email);
      const api = new DropboxApi({ ready, url }, REMOTE);
      const own = join(this.folder, name);
      mkdirSync(own);
      const versions = new Map<string, number>();
      files.subscribe((changes) => {
        for (const change of changes) {
          if (change.kind === "deleted" || change.entry.kind === "folder") continue;
          const path = change.entry.path.slice(FOLDER.length + 1);
          versions.set(path, (versions.get(path) ?? 0) + 1);
        }
      });
      const engine = new EngineProcess(own, this.root, REMOTE, { ready, url });
      const user = new DropboxUser(api, this.contents, this.ledger);
      this.members.push({ name, engine, api, user, files, versions });
    }
    for (const { engine } of this.members) {
      await engine.link();
      engine.start();
    }
  }

  /** From now on she is in it no more: her engine is killed in whatever it does. */
  async remove(one: CoAuthor): Promise<void> {
    this.members = this.members.filter((other) => other !== one);
    await one.engine.kill();
  }

  /**
   * Waits until every engine rests and every Dropbox has what the folder has, which it gives back; one that rests may still be
   * given something to do by another. @returns sentences where that does not come to be
   */
  async rest(
    seconds: number,
    members: readonly CoAuthor[] = this.members,
  ): Promise<{ readonly tree: Tree; readonly violations: readonly string[] }> {
    const until = performance.now() + seconds * 1000;
    let violations: string[] = [];
    do {
      violations = [];
      for (const { name, engine } of members) {
        const defects = engine.defects();
        if (defects.length > 0) return { tree: this.disk.tree(), violations: defects.map((one) => `${name}: ${one}`) };
        const left = Math.max(1, Math.round((until - performance.now()) / 1000));
        // One that has only just been started does not answer yet.
        if (await engine.rests(Math.min(left, 10)).catch(() => false)) continue;
        const status = await engine.status().catch(() => null);
        violations.push(`${name} does not rest: ${JSON.stringify(status)}`);
        // So many of them delete more in a minute than the guard lets pass without the word of a person, who is meant to say it.
        if ((status?.held ?? 0) > 0) await engine.command("held", "apply");
      }
      const tree = this.disk.tree();
      if (violations.length === 0) violations.push(...(await this.#differences(tree)));
      if (violations.length === 0) return { tree, violations };
    } while (performance.now() < until);
    return { tree: this.disk.tree(), violations };
  }

  async #differences(tree: Tree): Promise<string[]> {
    const found: string[] = [];
    for (const { name, api } of this.members)
      found.push(...compareSides(tree, await api.tree(), this.contents).map((one) => `${name}: ${one}`));
    return found;
  }

  /** Requests by route since this was last asked, but for the polls that go on while nothing happens. */
  async takeRequests(): Promise<ReadonlyMap<string, number>> {
    const at = `${this.#dropbox?.url}/__control/stats`;
    const { routes } = (await (await fetch(at)).json()) as { routes: Record<string, { requests: number }> };
    await fetch(at, { method: "DELETE" });
    return new Map(
      Object.entries(routes)
        .filter(([route]) => !route.endsWith("/longpoll") && !route.startsWith("oauth2/"))
        .map(([route, { requests }]) => [route, requests]),
    );
  }

  forgetVersions(): void {
    for (const { versions } of this.members) versions.clear();
  }

  /** Every engine is stopped; who was removed has left what the next start clears away. @returns what is wrong with that */
  async stop(): Promise<string[]> {
    const violations = await this.#stopAll();
    const [one] = this.members;
    one?.engine.start();
    violations.push(...(await this.rest(60, one === undefined ? [] : [one])).violations, ...(await this.#stopAll()));
    const names = readdirSync(this.root, { recursive: true }).map(String);
    // The lease of one who was killed stays, since nobody else can tell whether she works from another machine.
    const staged = names.filter((name) => /^\.twinfold\/(?!lease-|\.gitignore$)/.test(name));
    return [...violations, ...staged.map((name) => `a clean stop leaves ${name}`)];
  }

  async #stopAll(): Promise<string[]> {
    const violations: string[] = [];
    for (const { name, engine } of this.members) {
      const ending = await engine.stop("signal");
      for (const one of [...engine.defects(), ...(ending === null ? [] : [ending])]) violations.push(`${name}: ${one}`);
    }
    return violations;
  }

  /** Nothing is left of it, unless it is to be looked at. */
  async end(keep: boolean): Promise<void> {
    for (const { engine } of this.members) await engine.kill();
    await this.#dropbox?.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
