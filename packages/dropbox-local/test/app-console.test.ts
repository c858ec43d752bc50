import { expect, test } from "vitest";
import { Browser, type Page } from "./browser.ts";
import { startTestDropbox } from "./harness.ts";

const CREATE = "/developers/apps/create";
const ADD = "/developers/redirects/add";

async function console() {
  const { dropbox, ready } = await startTestDropbox();
  const browser = new Browser(dropbox.url);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  return { browser, dropbox, ready, app: `/developers/apps/info/${ready.appKey}` };
}

const outcome = ({ status, path, text }: Page) => [status, path, text] as const;

test("a name that is taken, or can't be one, makes no app", async () => {
  const { browser, ready } = await console();
  const form = await browser.open(CREATE);
  for (const [name, access, why] of [
    ["", "full", "A name can't be empty"],
    ["a/b", "full", `An app can't be called "a/b"`],
    ["x".repeat(256), "full", "more than 255 characters"],
    ["Desktop.ini", "full", "Dropbox keeps the name"],
    [" twinfold ", "full", 'There is an app called "twinfold" already'],
    ["Other", "everything", "Choose what the app may see"],
  ] as const)
    expect(outcome(await browser.submit(form, CREATE, { name, access }))).toEqual([
      400,
      CREATE,
      expect.stringContaining(why),
    ]);
  const { html } = await browser.open("/developers/apps");
  expect(html.match(/\/developers\/apps\/info\/\w+/g)).toEqual([`/developers/apps/info/${ready.appKey}`]);
});

test("of two who register a name at once, one gets it", async () => {
  const { browser } = await console();
  const form = await browser.open(CREATE);
  const answers = await Promise.all(
    ["Same", "same"].map((name) => browser.submit(form, CREATE, { name, access: "app-folder" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
});

test("a redirect address is refused by what is wrong with it", async () => {
  const { app, browser } = await console();
  const page = await browser.open(app);
  for (const [uri, why] of [
    ["", "it is not a whole address"],
    ["nonsense", "it is not a whole address"],
    ["https:example.org", "it is not a whole address"],
    ["ftp://example.org/", "it is not a whole address"],
    ["https://example.org:99999/", "it is not a whole address"],
    ["http://example.org/", "http:// is for localhost and 127.0.0.1 only"],
    ["http://localhost.example.org/", "http:// is for localhost and 127.0.0.1 only"],
    ["https://example.org/#", "it has a #"],
    ["https://user:word@example.org/", "it has a user or a password"],
    ["https://example.org/a b", "it has spaces or other characters"],
    ["https://example.org/\u00e9", "it has spaces or other characters"],
  ] as const)
    expect(outcome(await browser.submit(page, ADD, { uri }))).toEqual([
      400,
      ADD,
      expect.stringContaining(`"${uri}" can't be a redirect URI: ${why}`),
    ]);
  for (const uri of ["https://example.org/a?b=c%20d", "http://localhost:8000/back", "http://127.0.0.1/"])
    expect(outcome(await browser.submit(page, ADD, { uri }))).toEqual([200, app, expect.stringContaining(uri)]);
});

test("forms that were not made for who sends them do nothing", async () => {
  const { app, browser, ready } = await console();
  const fields = { name: "Forged", access: "full", app: ready.appKey, uri: "https://example.org/" };
  for (const address of [CREATE, ADD, "/developers/redirects/remove"]) {
    expect((await browser.post(address, fields)).status).toBe(403);
    const stranger = new Browser(new URL(ready.url).origin);
    expect((await stranger.post(address, fields)).path).toBe("/login");
  }
  expect((await browser.open("/developers/apps")).text).not.toContain("Forged");
  expect((await browser.open(app)).text).not.toContain("https://example.org/");
});
