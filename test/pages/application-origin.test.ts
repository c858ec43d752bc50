import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Application, type Instance, openApplicationPath } from "@twinfold/api";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { logIn } from "./log-in.ts";
import { startWithApplications } from "./own-applications.ts";
import { freePort, type ServerProcess } from "./server-process.ts";
import { until } from "./steps.ts";

const PROGRAM = fileURLToPath(new URL("prying-program.mjs", import.meta.url));
const COMMAND = [process.execPath, PROGRAM, "{socket}"];

describe("a page of an application", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let another: () => Promise<Visitor>;
  let page: Page;
  let tab: Page;
  let instance: Instance;
  let terminal: Application;
  let prying: Application;
  /** The same program at another port of our own host, where browsers do send our cookies. */
  let beside: ChildProcess;
  let besideUrl: string;
  eachStepStandsOnTheLast();

  /** As our own pages ask. */
  const api = <T>(method: string, path: string, body?: unknown) =>
    page.evaluate(
      `fetch(${JSON.stringify(path)}, { method: "${method}", headers: { "x-twinfold": "1", "content-type": "application/json" },
        ${body === undefined ? "" : `body: ${JSON.stringify(JSON.stringify(body))}`} }).then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.status === 204 ? null : answer.json(); })`,
    ) as Promise<T>;
  /** What a script can learn by asking the API with the user's login, in each way that there is. */
  const ask = (from: Page, path: string, more = "") =>
    from.evaluate(
      `fetch("${server.url}${path}", { credentials: "include", ${more} }).then(
        async (answer) => answer.type + " " + (await answer.text()), (error) => "no answer: " + error.name)`,
    ) as Promise<string>;
  const socket = (from: Page, address: string) =>
    from.evaluate(
      `new Promise((resolve) => { const socket = new WebSocket("${address.replace("http", "ws")}");
        socket.onopen = () => resolve("opened"); socket.onerror = () => resolve("refused"); })`,
    ) as Promise<string>;
  const terminalAddress = () => `${server.url}/api/applications/${terminal.id}/terminal`;
  const file = () => `/api/instances/${instance.id}/file?area=workspace&path=a.txt`;
  const heard = async (url: string) => JSON.stringify(await (await me.context.request.get(url)).json());

  /** A script there has nothing of the API, in any way; the same is answered to our own page. */
  async function readsAndChangesNothing(its: Page): Promise<void> {
    const { href } = new URL(its.url());
    expect(await ask(page, "/api/me")).toMatch(/^basic .*ada@/);
    expect(await socket(page, terminalAddress())).toBe("opened");
    for (const path of ["/api/me", "/api/instances", file(), openApplicationPath(prying)]) {
      expect(await ask(its, path)).toBe("no answer: TypeError");
      expect(await ask(its, path, `mode: "no-cors"`)).toMatch(/^(no answer: TypeError|opaque )$/);
    }
    const remove = JSON.stringify({ area: "workspace", path: "a.txt" });
    for (const more of [
      `method: "POST", mode: "no-cors", body: '${remove}'`,
      `method: "POST", headers: { "x-twinfold": "1", "content-type": "application/json" }, body: '${remove}'`,
    ])
      expect(await ask(its, `/api/instances/${instance.id}/delete`, more)).toMatch(/^(no answer: TypeError|opaque )$/);
    expect(await ask(its, file(), `method: "PUT", headers: { "x-twinfold": "1" }, body: "theirs"`)).toContain(
      "no answer",
    );
    expect(await socket(its, terminalAddress())).toBe("refused");
    expect(await ask(page, file())).toBe(`basic ${JSON.stringify("kept")}`);

    // A form leads the tab there, and is answered by a refusal.
    await its.evaluate(`{ const form = document.createElement("form");
      Object.assign(form, { method: "POST", enctype: "text/plain", action: "${server.url}/api/applications/${prying.id}/stop" });
      document.body.append(form); form.submit(); }`);
    await its.getByText("other-origin").waitFor();
    // So is a tab that it leads to an address of the API.
    await its.goto(href);
    await its.evaluate(`location.assign("${server.url}/api/instances")`);
    await its.getByText("other-origin").waitFor();
    await its.goto(href);
    const { applications } = await api<Instance>("GET", `/api/instances/${instance.id}`);
    expect(applications.map(({ id }) => id).sort()).toEqual([terminal.id, prying.id].sort());
  }

  begin(
    () =>
      startWithApplications([
        { kind: "prying", name: "Prying", description: "Looks around.", command: COMMAND },
        { kind: "other", name: "Other", description: "Is looked at.", command: COMMAND },
      ]),
    async (begun) => {
      ({ me, page, another } = begun);
      ({ server } = begun.world);
      const port = await freePort();
      besideUrl = `http://127.0.0.1:${port}/`;
      beside = spawn(process.execPath, [PROGRAM, String(port)], { stdio: "ignore" });
      [instance] = (await api<Instance[]>("GET", "/api/instances")) as [Instance];
      const application = `/api/instances/${instance.id}/application`;
      [terminal, prying] = await Promise.all([
        api<Application>("POST", application, { kind: "terminal" }),
        api<Application>("POST", application, { kind: "prying" }),
      ]);
      await api("PUT", file(), "kept");
      await page.reload();
    },
  );
  afterAll(() => {
    beside?.kill();
  });

  test("is opened from ours at another host, and nothing of the way there is left in its address", async () => {
    const opened = me.context.waitForEvent("page");
    await page.locator(".card", { hasText: "Prying" }).getByRole("link", { name: "Open" }).click();
    tab = await opened;
    await tab.getByRole("heading", { name: "Prying" }).waitFor();
    const { hostname, pathname, search } = new URL(tab.url());
    expect([hostname, pathname, search]).toEqual([
      `${prying.id}.localhost`,
      `/instances/${instance.id}/applications/${prying.id}/`,
      "",
    ]);
    expect(await socket(tab, tab.url())).toBe("opened");
  });

  test("and the program behind it never hear of the login", async () => {
    expect(await tab.evaluate("document.cookie")).toBe("");
    const all = await tab.evaluate(`fetch("heard").then((answer) => answer.text())`);
    expect(all).toContain("sec-fetch-dest");
    expect(all).not.toContain("twinfold_");
  });

  test("reads and changes nothing by the API with the login of who looks at it", async () => {
    await readsAndChangesNothing(tab);
  });

  test("nor does a page at another port of our host, where our cookie is sent", async () => {
    const its = await me.context.newPage();
    await its.goto(besideUrl);
    expect(await heard(`${besideUrl}heard`)).toContain("twinfold_session");
    await readsAndChangesNothing(its);
    await its.close();
  });

  test("has none of our pages in a frame, and sees nothing of one that it opens", async () => {
    await tab.evaluate(
      `{ const frame = document.createElement("iframe"); frame.src = "${server.url}/"; document.body.append(frame); }`,
    );
    const frame = await until(
      async () => tab.frames()[1]?.url() ?? "",
      (url) => url.startsWith("chrome-error:"),
    );
    expect(frame).toContain("chrome-error:");
    await tab.evaluate(`globalThis.other = open("${server.url}/")`);
    const look = () =>
      tab.evaluate(
        `(() => { try { return other.document.body.textContent; } catch (error) { return error.name; } })()`,
      );
    // Until it has left the empty page that it begins with.
    const seen = await until(look as () => Promise<string>, (text) => text !== "");
    expect(seen).toBe("SecurityError");
  });

  test("has nothing of another application that the same user has open", async () => {
    const other = await api<Application>("POST", `/api/instances/${instance.id}/application`, { kind: "other" });
    const its = await me.context.newPage();
    await its.goto(`${server.url}${openApplicationPath(other)}`);
    await its.getByRole("heading", { name: "Prying" }).waitFor();
    const address = its.url();
    expect(new URL(address).origin).not.toBe(new URL(tab.url()).origin);
    const reads = (from: Page, more = "") =>
      from.evaluate(
        `fetch("${address}heard", { credentials: "include", ${more} }).then(({ type }) => type, ({ name }) => name)`,
      ) as Promise<string>;
    expect(await reads(its)).toBe("basic");
    expect(await reads(tab)).toBe("TypeError");
    for (const method of ["GET", "POST"]) await reads(tab, `method: "${method}", mode: "no-cors"`);
    expect(await socket(its, address)).toBe("opened");
    expect(await socket(tab, address)).toBe("refused");
    // By its own host it has nothing of the other's, either.
    const there = new URL(new URL(address).pathname, tab.url()).href;
    expect(await tab.evaluate(`fetch("${there}").then(({ status }) => status)`)).toBe(404);
    const window = `globalThis.another = open("${address}")`;
    await tab.evaluate(window);
    const look = () =>
      tab.evaluate(`(() => { try { return another.document.body.textContent; } catch ({ name }) { return name; } })()`);
    expect(await until(look as () => Promise<string>, (text) => text !== "")).toBe("SecurityError");
    await api("POST", `/api/applications/${other.id}/stop`, {});
    await its.close();
  });

  test("its address opens nothing in a browser that is not logged in", async () => {
    const other = await another();
    await other.page.goto(tab.url());
    await other.page.getByRole("button", { name: "Log in" }).waitFor();
    expect(new URL(other.page.url()).origin).toBe(server.url);
    await other.context.close();
  });

  test("opens again by its own address after the server was killed, with no login in between", async () => {
    const address = tab.url();
    await server.kill();
    await server.startAgain();
    // Until it is started again its address leads to our pages, whose card has the same heading.
    await until(
      async () => {
        await tab.goto(address);
        return new URL(tab.url()).origin;
      },
      (origin) => origin === new URL(address).origin,
    );
    await tab.getByRole("heading", { name: "Prying" }).waitFor();
  });

  test("is closed as soon as its user has logged out, in tabs that are open too", async () => {
    await tab.evaluate(
      `new Promise((resolve, reject) => {
        globalThis.channel = new WebSocket(location.href.replace("http", "ws"));
        channel.onmessage = resolve;
        channel.onclose = ({ code, reason }) => reject(new Error("closed with " + code + " " + reason));
      })`,
    );
    await page.reload();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await until(
      () => tab.evaluate("channel.readyState") as Promise<number>,
      (state) => state === WebSocket.CLOSED,
    );
    expect(await tab.evaluate(`fetch("heard").then((answer) => answer.status)`)).toBe(401);
    await tab.reload();
    await tab.getByRole("button", { name: "Log in" }).waitFor();
  });

  test("and when it was stopped; its tab then leads to where it is started", async () => {
    await logIn(page, server);
    await page.locator(".card", { hasText: "Prying" }).getByRole("link", { name: "Open" }).waitFor();
    await tab.goto(`${server.url}${openApplicationPath(prying)}`);
    await tab.getByRole("heading", { name: "Prying" }).waitFor();
    await page.locator(".card", { hasText: "Prying" }).getByRole("button", { name: "Stop" }).click();
    await page.locator(".card", { hasText: "Prying" }).getByRole("button", { name: "Start" }).waitFor();
    expect(await tab.evaluate(`fetch("heard").then((answer) => answer.status)`)).toBe(401);
    await tab.reload();
    await tab.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
  });
});
