import type { Page, Request } from "playwright-core";

/** A request whose answer the page does not have yet. */
export interface HeldAnswer {
  /** The server is asked now, and the page has its answer. */
  give(): Promise<void>;
  /** The page is told that the server has failed, which was not asked. */
  fail(): Promise<void>;
}

/** Holds the answers to what a page asks by POST at an address: what it shows until then, it shows of itself. */
export async function holdAnswers(
  page: Page,
  path: RegExp,
): Promise<{ next(): Promise<HeldAnswer>; end(): Promise<void> }> {
  const held: HeldAnswer[] = [];
  const arrived: ((answer: HeldAnswer) => void)[] = [];
  const isHeld = (request: Request) => request.method() === "POST" && path.test(new URL(request.url()).pathname);
  await page.route("**/*", async (route) => {
    if (!isHeld(route.request())) return route.continue();
    const answer: HeldAnswer = {
      give: () => route.continue(),
      fail: () =>
        route.fulfill({ status: 503, json: { error: { code: "unavailable", message: "The server is stopping." } } }),
    };
    const waits = arrived.shift();
    if (waits === undefined) held.push(answer);
    else waits(answer);
  });
  return {
    next: () =>
      new Promise((resolve) => {
        const answer = held.shift();
        if (answer === undefined) arrived.push(resolve);
        else resolve(answer);
      }),
    end: () => page.unroute("**/*"),
  };
}
