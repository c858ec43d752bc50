import { expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { startTestDropbox } from "./harness.ts";

async function opened() {
  const { dropbox, ready, client } = await startTestDropbox();
  const browser = new Browser(dropbox.url);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  return { dropbox, browser, client, files: dropbox.accountFiles(ready.email) };
}

test("the stream of events begins at once, tells of each change at once, and ends with the server", async () => {
  const { dropbox, browser, client } = await opened();
  const { body } = await browser.fetch("/files/events");
  const pieces = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect(await pieces?.read()).toEqual({ done: false, value: "retry: 1000\n\n" });
  for (const name of ["/a", "/b"]) {
    await client.put(name, "x");
    expect((await pieces?.read())?.value).toContain("data: changed\n\n");
  }
  const began = Date.now();
  const end = pieces?.read();
  await dropbox.close();
  // Two seconds are what a request has to end by itself.
  expect(Date.now() - began).toBeLessThan(2000);
  expect(await end).toEqual({ done: true, value: undefined });
});

test("a picture is sent as one, with nothing in it allowed; what is none is not sent", async () => {
  const { browser, client } = await opened();
  await client.put("/a.svg", "<svg/>");
  await client.put("/a.html", "<script>1</script>");
  const picture = await browser.fetch("/files/picture?path=/Apps/Twinfold/a.svg");
  expect(picture.headers.get("content-type")).toBe("image/svg+xml");
  expect(picture.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
  const page = await browser.open("/files/picture?path=/Apps/Twinfold/a.html");
  expect([page.status, page.text]).toEqual([409, expect.stringContaining("is not a picture")]);
});

test("pages about what is not there say so, and lead to its folder", async () => {
  const { browser } = await opened();
  for (const path of ["view", "history", "edit", "download", "move", "delete"]) {
    const page = await browser.open(`/files/${path}?path=/Apps/none.txt`);
    expect([path, page.status, page.html]).toEqual([path, 404, expect.stringContaining("Back to Apps")]);
  }
});

test("a folder with many entries is listed in parts", async () => {
  const { browser, files } = await opened();
  const names = Array.from({ length: 1001 }, (_, index) => `/many/f${index}`);
  await Promise.all(names.map((path) => files.createFolder(path)));
  const at = async (query: string) => {
    const page = await browser.open(`/files?path=/many${query}`);
    const [first] = /f\d+(?=\/)/.exec(page.html.slice(page.html.indexOf("<tbody>"))) ?? [];
    const links = [...page.html.matchAll(/&#38;from=(\d+)/g)].map(([, from]) => from);
    return [/\d+ to \d+ of \d+/.exec(page.text)?.[0], first, [...new Set(links)]];
  };
  expect(await at("")).toEqual(["1 to 500 of 1001", "f0", ["500"]]);
  expect(await at("&from=500")).toEqual(["501 to 1000 of 1001", "f500", ["0", "1000"]]);
  expect(await at("&from=1000")).toEqual(["1001 to 1001 of 1001", "f1000", ["500"]]);
  for (const nonsense of ["&from=5000", "&from=-1", "&from=x"])
    expect((await at(nonsense))[0]).toBe("1 to 500 of 1001");
});
