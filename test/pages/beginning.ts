import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type BrowserLike, openBrowser, type Visitor, visit } from "./chromium.ts";
import { logIn } from "./log-in.ts";
import type { NamedDropbox } from "./named-dropbox.ts";
import type { ServerProcess } from "./server-process.ts";
import { linkDropbox, startTerminal } from "./steps.ts";

/** What a suite starts: a server, or one with a Dropbox beside it. */
type Started = ServerProcess | { readonly server: ServerProcess; dispose(): Promise<void> };

/** Where a suite of page tests begins: a browser in which the server's first user is logged in. */
export interface Beginning<World> {
  readonly browser: Browser;
  readonly world: World;
  readonly me: Visitor;
  readonly page: Page;
  /** Another person's browser window; what its pages throw counts as well. */
  another(like?: BrowserLike): Promise<Visitor>;
}

/** Her Dropbox is linked, and her terminal runs in her first page. @returns another page of hers */
export async function atWork({ me, world }: Beginning<NamedDropbox>): Promise<Page> {
  await linkDropbox(me.page, world.server, world.accounts[0]);
  await startTerminal(me.page, world.server);
  return me.context.newPage();
}

/** How long all that may take, in milliseconds. */
const BEGINS_WITHIN = 180_000;

/**
 * Call once in a suite: starts what it needs, logs in, and hands that over; at the end all is taken away, and a page that threw
 * an error on the way fails the suite. `whole`: in a browser with viewers of its own.
 */
export function begin<World extends Started>(
  start: () => Promise<World>,
  then: (begun: Beginning<World>) => Promise<void> | void,
  { whole = false }: { readonly whole?: boolean } = {},
): void {
  let browser: Browser | undefined;
  let world: World | undefined;
  const visitors: Visitor[] = [];

  beforeAll(async () => {
    const [opened, started] = await Promise.all([
      openBrowser(whole).then((one) => {
        browser = one;
        return one;
      }),
      start().then((one) => {
        world = one;
        return one;
      }),
    ]);
    const another = async (like?: BrowserLike) => {
      const visitor = await visit(opened, like);
      visitors.push(visitor);
      return visitor;
    };
    const me = await another();
    await logIn(me.page, "server" in started ? started.server : started);
    await then({ browser: opened, world: started, me, page: me.page, another });
  }, BEGINS_WITHIN);
  afterAll(async () => {
    await browser?.close();
    await world?.dispose();
    expect(
      visitors.flatMap(({ thrown }) => thrown),
      "no page threw an error on the way",
    ).toEqual([]);
  }, 60_000);
}
